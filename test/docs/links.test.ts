import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';
import { documentationPages, type MarkdownPage } from './markdown-page.js';
import { REPOSITORY } from './repository.js';

const LINK = /\]\(([^)\s]+)\)/g;
/** A path of the repository in a code span: `src/server/onion.ts`. */
const PATH = /`((?:src|test|docs|sample-app|bench|\.ci)\/[\w./-]+)`/g;

const pages = documentationPages();
const pageAt = new Map(pages.map((page) => [page.path, page]));

function linksOf(page: MarkdownPage): string[] {
  return [...page.prose.matchAll(LINK)].map(([, target = '']) => target).filter((target) => !/^https?:/.test(target));
}

describe('links and paths in the documentation', () => {
  for (const page of pages) {
    it(`of ${page.path} lead to something that exists`, () => {
      for (const target of linksOf(page)) {
        const [file = '', anchor] = target.split('#');
        const path = file === '' ? page.path : normalize(join(dirname(page.path), file));
        assert.ok(existsSync(join(REPOSITORY, path)), `${page.path}: ${target}`);
        if (anchor !== undefined) assert.ok(pageAt.get(path)?.anchors.has(anchor), `${page.path}: ${target}`);
      }
      const own = new Set(page.blocks().map(({ file }) => file));
      for (const [, path = ''] of page.prose.matchAll(PATH)) {
        assert.ok(own.has(path) || existsSync(join(REPOSITORY, path)), `${page.path}: ${path}`);
      }
    });
  }

  it('lead from the README to every page', () => {
    const readme = pageAt.get('README.md');
    assert.ok(readme !== undefined);
    const linked = new Set(linksOf(readme));
    for (const { path } of pages) if (path !== 'README.md') assert.ok(linked.has(path), `the README links ${path}`);
  });
});
