import assert from 'node:assert/strict';
import { realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';

import { applicationModule } from '#src/cli/application-module.js';
import { StartupError } from '#src/errors/startup-error.js';
import { ProjectFolder } from '../functions/project-folder.js';
import { CommandProject } from './command-project.js';

describe('applicationModule', () => {
  const project = new CommandProject({
    'named.js': '',
    'source.js': '',
    'deep/main.js': '',
    'built/main.js': '',
    'package.json': '{ "main": "deep/main.js" }',
  });
  const before_ = process.cwd();
  const folder = realpathSync(project.folder);
  before(() => process.chdir(folder));
  after(() => {
    process.chdir(before_);
    project.remove();
  });
  afterEach(() => {
    delete process.env['FUNCTION_SOURCE'];
    project.write('package.json', '{ "main": "deep/main.js" }');
  });

  it('is the one that is named, from where the command runs or absolute', () => {
    process.env['FUNCTION_SOURCE'] = 'source.js';
    assert.equal(applicationModule('named.js', 'start'), join(folder, 'named.js'));
    assert.equal(applicationModule('./deep/../named.js', 'start'), join(folder, 'named.js'));
    assert.equal(applicationModule(join(folder, 'named.js'), 'start'), join(folder, 'named.js'));
  });

  it('else FUNCTION_SOURCE', () => {
    process.env['FUNCTION_SOURCE'] = 'source.js';
    assert.equal(applicationModule(undefined, 'start'), join(folder, 'source.js'));
  });

  it('else "main" of package.json', () => {
    assert.equal(applicationModule(undefined, 'start'), join(folder, 'deep/main.js'));
  });

  it('else built/main.js: where package.json names none, or is missing', () => {
    for (const text of ['{}', '{ "main": 5 }', '{ "main": null }']) {
      project.write('package.json', text);
      assert.equal(applicationModule(undefined, 'start'), join(folder, 'built/main.js'), text);
    }
    rmSync(join(folder, 'package.json'));
    assert.equal(applicationModule(undefined, 'start'), join(folder, 'built/main.js'));
  });

  it('says what is missing, and the command that names it', () => {
    assert.throws(
      () => applicationModule('missing.js', 'pack'),
      (error) => {
        assert.ok(error instanceof StartupError);
        assert.deepEqual(error.mistakes, [
          {
            where: join(folder, 'missing.js'),
            problem: 'there is no such file',
            remedy: 'compile the application first, and name its compiled module: `yunction pack built/main.js`',
          },
        ]);
        return true;
      },
    );
  });

  it('says that package.json cannot be read, where the module is not named otherwise', () => {
    for (const text of ['{ "main": ', '', 'null']) {
      project.write('package.json', text);
      assert.throws(
        () => applicationModule(undefined, 'start'),
        (error) => {
          assert.ok(error instanceof StartupError && error.cause instanceof Error);
          const [mistake] = error.mistakes;
          assert.equal(mistake?.where, 'package.json');
          assert.match(mistake.problem, /^it cannot be read: /);
          return true;
        },
      );
      assert.equal(applicationModule('named.js', 'start'), join(folder, 'named.js'));
    }
  });
});

describe('applicationModule of a name that require would take', () => {
  const folder = new ProjectFolder({ 'a.js': '', 'b/index.mjs': '', 'c/readme.md': '' });
  after(() => folder.remove());

  for (const [named, file] of [
    ['a.js', 'a.js'],
    ['a', 'a.js'],
    ['b', 'b/index.mjs'],
  ] as const) {
    it(`takes ${file} for ${named}`, () => assert.equal(applicationModule(folder.at(named), 'start'), folder.at(file)));
  }

  for (const named of ['none.js', 'c']) {
    it(`says what to do where ${named} is no module`, () => {
      assert.throws(
        () => applicationModule(folder.at(named), 'pack'),
        (error) =>
          error instanceof StartupError && /there is no such file → .*`yunction pack built/.test(error.message),
      );
    });
  }
});
