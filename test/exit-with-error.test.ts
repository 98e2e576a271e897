import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';

import { ROOT, runText } from './fixtures/run-process.js';
import { until } from './until.js';

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

  it('loses nothing of a long text, however slowly it is read, also where the stream was in use before', async () => {
    for (const before of ['', `process.stderr.write('before\\n');`]) {
      const source = `
        import { exitWithError } from '#src/exit-with-error.js';
        ${before}
        exitWithError('x'.repeat(3_000_000));`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', source], { cwd: ROOT });
      // Nobody reads until the pipe is full.
      await new Promise((resolve) => child.stderr.once('readable', resolve));
      await until(() => child.stderr.readableLength >= 60_000);
      let length = 0;
      child.stderr.on('data', (chunk: Buffer) => (length += chunk.length));
      const [code] = (await once(child, 'close')) as [number | null];
      assert.deepEqual(
        [code, length],
        [1, 3_000_000 + 'yunction: \n'.length + (before === '' ? 0 : 'before\n'.length)],
      );
    }
  });
});
