import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { CommandProject, HELLO_CONTROLLER } from './command-project.js';

describe('yunction start', () => {
  const project = new CommandProject({
    'exports.cjs': `${HELLO_CONTROLLER} exports.Hello = Hello;`,
    'throws.cjs': `throw new RangeError('on purpose');`,
    'throws-text.cjs': `throw 'a text';`,
    'mistake.cjs': `${HELLO_CONTROLLER} require('yunction').start({ controllers: [Hello, class Plain {}] });`,
    'syntax.mjs': 'export const = 5;',
    'empty.cjs': '',
    'package.json': '{ "main": "exports.cjs" }',
  });
  after(() => project.remove());

  for (const [what, args] of [
    ['the first argument', ['exports.cjs', '--log-level', 'info']],
    ['package.json, where the first argument is an option', ['--log-level', 'info']],
  ] as const) {
    it(`runs the module that is named by ${what}, until it is told to end`, async () => {
      const process = project.run(['start', ...args]);
      const port = await process.port();
      assert.equal(await (await fetch(`http://127.0.0.1:${port}/hello`)).text(), 'hello');
      process.signal('SIGTERM');
      assert.equal((await process.ended).code, 0);
    });
  }

  for (const [what, args, expected] of [
    ['a module that is not there', ['nowhere.cjs'], /nowhere\.cjs: there is no such file → .*`yunction start built/],
    ['a module with nothing to start', ['empty.cjs'], /neither calls start\(\) nor exports a controller → /],
    ['a class that is no controller', ['mistake.cjs'], /^yunction: .*Plain.* → /],
    ['an option that is not allowed', ['exports.cjs', '--port', 'high'], /^yunction: .*port.*high.* → /],
  ] as const) {
    it(`says in one line what is wrong: ${what}`, async () => {
      const { code, stdout, stderr } = await project.run(['start', ...args]).ended;
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, expected);
      assert.doesNotMatch(stderr, /^\s+at /m);
    });
  }

  it('shows the stack of what a module throws, which leads to the line', async () => {
    const thrown = await project.run(['start', 'throws.cjs']).ended;
    assert.equal(thrown.code, 1);
    assert.match(thrown.stderr, /^yunction: RangeError: on purpose\n\s+at .*throws\.cjs:1/);
    const syntax = await project.run(['start', 'syntax.mjs']).ended;
    assert.equal(syntax.code, 1);
    assert.match(syntax.stderr, /^yunction: .*SyntaxError/s);
  });

  it('reports even what is no error', async () => {
    const { code, stderr } = await project.run(['start', 'throws-text.cjs']).ended;
    assert.equal(code, 1);
    assert.match(stderr, /^yunction: .*a text/);
  });
});
