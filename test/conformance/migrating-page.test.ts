import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MarkdownPage } from '../docs/markdown-page.js';
import { KNOWN_DIFFERENCES } from './known-differences.js';

const HEAD = ['what', 'functions-framework', 'Yunction', 'why'];
const APART = 'What no answer shows';

describe('docs/migrating.md', () => {
  const page = new MarkdownPage('docs/migrating.md');

  it('has a table for each kind of known differences, in order', () => {
    const headings = [...page.prose.matchAll(/^### (.+)\n\n\| what \|/gm)].map(([, heading]) => heading);
    assert.deepEqual(headings, [...KNOWN_DIFFERENCES.keys(), APART]);
  });

  it('says of each known difference what the run knows of it', () => {
    const listed = [...KNOWN_DIFFERENCES.values()].flat().map((known) => {
      assert.ok(Object.keys(known.answers).length > 0, `${known.what} shows nowhere`);
      return [known.what, known.peer, known.yunction, known.reason];
    });
    assert.deepEqual(page.rows(HEAD).slice(0, listed.length), listed);
  });

  it('gives a reason for everything else, too', () => {
    for (const row of page.rows(HEAD)) {
      assert.equal(row.length, HEAD.length, row.join());
      assert.ok(
        row.every((cell) => cell !== ''),
        row.join(),
      );
    }
  });
});
