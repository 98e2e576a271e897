import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { OPTIONS } from '#src/options.js';
import { ROOT } from '../fixtures/run-process.js';
import { CommandProject, HELLO_CONTROLLER } from './command-project.js';

describe('yunction', () => {
  const project = new CommandProject({
    'exports.cjs': `${HELLO_CONTROLLER} console.log(JSON.stringify(process.argv.slice(1))); exports.Hello = Hello;`,
  });
  after(() => project.remove());

  for (const args of [[], ['help'], ['--help'], ['-h']]) {
    it(`says how it is used when asked: ${JSON.stringify(args)}`, async () => {
      const { code, stdout, stderr } = await project.run(args).ended;
      assert.deepEqual([code, stderr], [0, '']);
      for (const command of ['start', 'routes', 'pack', 'cloudbase'])
        assert.match(stdout, new RegExp(`^  yunction ${command} +\\[module\\]  \\S`, 'm'));
    });
  }

  it('lists every option with its meaning, its default and its names in the environment', async () => {
    const { stdout } = await project.run(['help']).ended;
    for (const [name, { meaning, env, fallback }] of Object.entries(OPTIONS)) {
      const line = stdout.split('\n').find((text) => text.startsWith(`  --${name} `));
      assert.ok(line !== undefined && line.includes(meaning), name);
      assert.ok(line.includes(`Default ${JSON.stringify(fallback)}`), line);
      for (const variable of env) assert.ok(line.includes(variable), line);
    }
    for (const option of [
      '--out',
      '--include',
      '--sourcemap',
      '--no-cache',
      '--no-zip',
      '--name',
      '--dir',
      '--check',
      '--functions',
    ]) {
      assert.match(stdout, new RegExp(`^  ${option} `, 'm'));
    }
  });

  it('refuses a command that there is none of, and says which there are', async () => {
    for (const name of ['strat', 'constructor', '--port']) {
      const { code, stdout, stderr } = await project.run([name]).ended;
      assert.deepEqual([code, stdout], [1, '']);
      assert.ok(stderr.startsWith(`yunction: there is no command ${name}\n\nUsage\n`), stderr);
    }
  });

  it('hides the command from the application, whose command line begins after it', async () => {
    const { code, stdout } = await project.run(['routes', 'exports.cjs', '--log-level', 'warn']).ended;
    assert.equal(code, 0);
    const [, ...seen] = JSON.parse(stdout.split('\n')[0] ?? '') as string[];
    assert.deepEqual(seen, ['exports.cjs', '--log-level', 'warn']);
  });

  it('runs pack', async () => {
    const { code, stderr } = await project.run(['pack', 'nowhere.js']).ended;
    assert.equal(code, 1);
    assert.match(stderr, /nowhere\.js: there is no such file → .*`yunction pack built\/main\.js`/);
  });

  it('is the command of the package, and can be run by the system', () => {
    const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { bin: { yunction: string } };
    const file = join(ROOT, bin.yunction);
    assert.match(readFileSync(file, 'utf8'), /^#!\/usr\/bin\/env node\n/);
    assert.ok(statSync(file).isFile());
  });
});
