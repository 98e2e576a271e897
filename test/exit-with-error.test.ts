import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { runText } from './fixtures/run-process.js';

/** Ends a process by what the expression gives. */
const exitWith = (expression: string) =>
  runText(`
    import { StartupError } from '#src/errors/startup-error.js';
    import { exitWithError } from '#src/exit-with-error.js';
    setInterval(() => undefined, 1000);
    process.on('exit', () => console.log('exit listeners run'));
    exitWithError(${expression});
    console.log('never');
  `);

describe('exitWithError', () => {
  it('ends the process with 1 at once, and writes nothing to the standard output', async () => {
    const { code, stdout } = await exitWith(`new Error('x')`);
    assert.deepEqual([code, stdout], [1, 'exit listeners run\n']);
  });

  it('tells a mistake of the user’s without a stack', async () => {
    const { stderr } = await exitWith(
      `new StartupError([{ where: 'port', problem: 'is taken', remedy: 'take another' }])`,
    );
    assert.equal(stderr, 'yunction: port: is taken → take another\n');
  });

  it('tells any other error with its stack', async () => {
    const { stderr } = await exitWith(`new TypeError('broken')`);
    assert.match(stderr, /^yunction: TypeError: broken\n {4}at /);
  });

  it('tells an error that has no stack, and whatever else was thrown', async () => {
    for (const [expression, text] of [
      [`Object.assign(new Error('bare'), { stack: undefined })`, 'bare'],
      [`'text'`, 'text'],
      ['undefined', 'thrown value: undefined'],
      ['5n', 'thrown value of type bigint'],
      ['Object.create(null)', 'thrown value: {}'],
    ] as const) {
      const { code, stderr } = await exitWith(expression);
      assert.deepEqual([code, stderr], [1, `yunction: ${text}\n`]);
    }
  });
});
