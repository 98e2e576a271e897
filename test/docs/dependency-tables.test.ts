import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { MarkdownPage } from './markdown-page.js';
import { REPOSITORY } from './repository.js';

interface Manifest {
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

function manifestIn(folder: string): Manifest {
  // Written by npm: what is not there shows as a failed comparison.
  return JSON.parse(readFileSync(join(REPOSITORY, folder, 'package.json'), 'utf8')) as Manifest;
}

function namesIn(cell: string | undefined): string[] {
  return [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

describe('the tables of docs/dependencies.md', () => {
  const page = new MarkdownPage('docs/dependencies.md');
  const { dependencies, devDependencies, peerDependencies } = manifestIn('.');
  const head = ['package', 'version', 'what it does here', 'released', 'size', 'load', 'lazy'];
  const rows = page.rows(head);

  it('have every runtime dependency, and no other', () => {
    assert.deepEqual(rows.flatMap(([cell]) => namesIn(cell)).sort(), Object.keys(dependencies).sort());
  });

  const optional = page.rows(['package', 'version', 'what it does here', 'load']);

  it('have every optional peer, and no other', () => {
    assert.deepEqual(optional.flatMap(([cell]) => namesIn(cell)).sort(), Object.keys(peerDependencies).sort());
  });

  it('give the versions that are installed', () => {
    for (const [cell, version] of [...rows, ...optional]) {
      for (const name of namesIn(cell)) assert.equal(version, manifestIn(join('node_modules', name)).version, name);
    }
  });

  it('have every development dependency, and no other', () => {
    const names = page.rows(['package', 'for']).flatMap(([cell]) => namesIn(cell));
    assert.deepEqual(names.sort(), Object.keys(devDependencies).sort());
  });
});

describe('CHANGELOG.md', () => {
  it('has an entry for the version of package.json', () => {
    assert.ok(new MarkdownPage('CHANGELOG.md').text.includes(`\n## ${manifestIn('.').version}`));
  });
});
