import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

import { ROOT } from './imports.js';

interface Manifest {
  exports: Record<string, { types: string; default: string } | string>;
  bin: Record<string, string>;
}

describe('the published package', () => {
  let folder: string;
  let manifest: Manifest;
  before(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'yunction-published-')), 'package');
    execFileSync(process.execPath, [join(ROOT, '.ci/stage-package.mjs'), folder]);
    // Written by npm's own rules, and read by node with every import.
    manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  });
  after(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

  const ways = () =>
    Object.values(manifest.exports).flatMap((way) =>
      typeof way === 'object' && way.default.endsWith('.js') ? [way] : [],
    );

  it('gives the names that the compiled modules give, and their types', async () => {
    for (const way of ways()) {
      const published: object = await import(pathToFileURL(join(folder, way.default)).href);
      const compiled: object = await import(pathToFileURL(join(ROOT, way.default)).href);
      assert.deepEqual(Object.keys(published), Object.keys(compiled), way.default);
      assert.ok(existsSync(join(folder, way.types)), way.types);
    }
  });

  it('calls its classes and functions as they are written', async () => {
    for (const way of ways()) {
      const published: object = await import(pathToFileURL(join(folder, way.default)).href);
      const compiled: object = await import(pathToFileURL(join(ROOT, way.default)).href);
      // A bundler renames what would clash; messages and documents name classes.
      const names = (all: object) => Object.values(all).map((value: unknown) => Reflect.get(Object(value), 'name'));
      assert.deepEqual(names(published), names(compiled), way.default);
    }
  });

  it('is a few files instead of one for each module', () => {
    const files = readdirSync(join(folder, 'built'), { recursive: true }).map(String);
    const code = files.filter((name) => name.endsWith('.js'));
    assert.ok(code.length <= 60, `${code.length} files`);
    assert.ok(code.includes('main.js'));
    assert.deepEqual(
      files.filter((name) => name.endsWith('.map')),
      [],
    );
  });

  it('has programs that run', () => {
    for (const program of Object.values(manifest.bin)) {
      const help = execFileSync(process.execPath, [join(folder, program), 'help'], { encoding: 'utf8' });
      assert.match(help, /^Usage\n/);
    }
  });
});
