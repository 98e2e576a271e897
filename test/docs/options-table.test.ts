import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OPTIONS } from '#src/options.js';
import { codeIn, MarkdownPage } from './markdown-page.js';

describe('the tables of docs/options.md', () => {
  const rows = new MarkdownPage('docs/options.md').rows(['option', 'default', 'environment', 'meaning']);

  it('have every option of the source once, and no other', () => {
    assert.deepEqual(rows.map(([name]) => codeIn(name)).sort(), Object.keys(OPTIONS).sort());
  });

  for (const [name, { fallback, env }] of Object.entries(OPTIONS)) {
    it(`give default and environment of ${name}`, () => {
      const row = rows.find(([cell]) => codeIn(cell) === name);
      assert.equal(row?.[1], String(fallback) === '' ? 'empty' : `\`${String(fallback)}\``);
      assert.equal(row?.[2], env.map((variable) => `\`${variable}\``).join(' '));
    });
  }

  it('say what each option means', () => {
    for (const [name, , , meaning = ''] of rows) assert.match(meaning, /^[A-Z].*\.$/, name);
  });
});
