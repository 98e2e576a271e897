import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { isEsModule, loadModule } from '#src/functions/load-module.js';
import { ProjectFolder } from './project-folder.js';

describe('loadModule', () => {
  const folder = new ProjectFolder({
    'package.json': {},
    'a.js': 'exports.kind = typeof module;',
    'b.mjs': 'export const kind = typeof module;',
    'esm/package.json': { type: 'module' },
    'esm/c.js': 'export const kind = typeof module;',
    'esm/d.cjs': 'exports.kind = typeof module;',
    'esm/inner/e.js': 'export const kind = typeof module;',
    'cjs/package.json': '{ broken',
    'cjs/f.js': '',
    'fails.cjs':
      'globalThis.loads = (globalThis.loads ?? 0) + 1; if (globalThis.loads < 2) throw new Error("no database"); exports.ok = 1;',
    'fails.mjs': 'throw new Error("never");',
  });
  after(() => folder.remove());

  for (const [file, kind] of [
    ['a.js', 'object'],
    ['b.mjs', 'undefined'],
    ['esm/c.js', 'undefined'],
    ['esm/d.cjs', 'object'],
    ['esm/inner/e.js', 'undefined'],
  ] as const) {
    it(`loads ${file} as ${kind === 'object' ? 'CommonJS' : 'an ES module'}`, async () => {
      const { kind: found } = (await loadModule(folder.at(file))) as { kind: string };
      assert.equal(found, kind);
      assert.equal(isEsModule(folder.at(file)), kind === 'undefined');
    });
  }

  it('takes the nearest package.json, even one that is broken', () => {
    assert.equal(isEsModule(folder.at('cjs/f.js')), false);
  });

  it('loads a CommonJS module again that has failed', async () => {
    await assert.rejects(loadModule(folder.at('fails.cjs')), /no database/);
    assert.deepEqual(await loadModule(folder.at('fails.cjs')), { ok: 1 });
  });

  it('rejects with what an ES module throws', async () => {
    await assert.rejects(loadModule(folder.at('fails.mjs')), /never/);
  });
});
