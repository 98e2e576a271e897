import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { resolveModule } from '#src/functions/resolve-module.js';
import { ProjectFolder } from './project-folder.js';

describe('resolveModule', () => {
  const folder = new ProjectFolder({
    'a/index.js': '',
    'b/package.json': { main: 'built/start.js' },
    'b/built/start.js': '',
    'c/index.mjs': '',
    'd/index.cjs': '',
    'e/readme.md': '',
    'f/package.json': { main: 'missing.js' },
    'file.mjs': '',
    'plain.js': '',
  });
  after(() => folder.remove());

  for (const [path, file] of [
    ['a', 'a/index.js'],
    ['b', 'b/built/start.js'],
    ['c', 'c/index.mjs'],
    ['d', 'd/index.cjs'],
    ['file.mjs', 'file.mjs'],
    ['plain', 'plain.js'],
    ['e', undefined],
    ['f', undefined],
    ['none', undefined],
  ] as const) {
    it(`finds ${file ?? 'nothing'} for ${path}`, () => {
      assert.equal(resolveModule(folder.at(path)), file && folder.at(file));
    });
  }
});
