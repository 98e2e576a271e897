import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { startControllers } from '#src/cli/start-controllers.js';
import { StartupError } from '#src/errors/startup-error.js';
import { wasStarted } from '#src/start-command.js';
import { CommandProject, HELLO_CONTROLLER } from './command-project.js';

describe('startControllers', () => {
  it('refuses a module without a controller, and starts nothing', () => {
    class Plain {
      method(): number {
        return 1;
      }
    }
    const arrow = (): number => 1;
    const hostile = Object.assign(() => 1, { prototype: null });
    const modules = [
      {},
      { Plain, arrow, hostile, value: 5, nothing: null },
      { default: { Plain } },
      null,
      undefined,
      5,
      arrow,
    ];
    for (const module of modules) {
      assert.throws(
        () => startControllers(module, 'app.js'),
        (error) => {
          assert.ok(error instanceof StartupError);
          const [mistake] = error.mistakes;
          assert.equal(mistake?.where, 'app.js');
          assert.match(mistake.problem, /neither calls start\(\) nor exports a controller/);
          assert.match(mistake.remedy, /start\(\{ controllers: \[…\] \}\)/);
          return true;
        },
      );
    }
    assert.equal(wasStarted(), false);
  });

  const project = new CommandProject({
    'hello.cjs': `${HELLO_CONTROLLER} module.exports = Hello;`,
    'named.mjs': `import Hello from './hello.cjs'; export { Hello }; export const other = 5;`,
    'inside-default.cjs': `module.exports = { Hello: require('./hello.cjs'), arrow: () => 1 };`,
    'both.mjs': `import Hello from './hello.cjs'; export { Hello }; export { Hello as Again }; export default { Hello };`,
  });
  after(() => project.remove());

  for (const [what, name] of [
    ['by name', 'named.mjs'],
    ['within the default export', 'inside-default.cjs'],
    ['several times, once', 'both.mjs'],
  ] as const) {
    it(`starts a controller that is exported ${what}`, async () => {
      const { code, stdout, stderr } = await project.run(['routes', name]).ended;
      assert.deepEqual([code, stderr], [0, '']);
      assert.equal(stdout.match(/\/hello/g)?.length, 1);
    });
  }
});
