import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { applicationModule } from '#src/cli/application-module.js';
import { StartupError } from '#src/errors/startup-error.js';
import { ProjectFolder } from '../functions/project-folder.js';

describe('applicationModule', () => {
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
