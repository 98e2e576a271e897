import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ERROR_CODES } from '#src/errors/error-codes.js';
import { codeIn, MarkdownPage } from './markdown-page.js';

describe('the table of error codes in docs/results-and-errors.md', () => {
  const rows = new MarkdownPage('docs/results-and-errors.md').rows(['code', 'status', 'title', 'when']);

  it('has every code of the source, in its order, and no other', () => {
    assert.deepEqual(
      rows.map(([code]) => codeIn(code)),
      Object.keys(ERROR_CODES),
    );
  });

  it('gives status and title as the source does', () => {
    assert.deepEqual(
      rows.map(([, status, title]) => ({ status: Number(status), title })),
      Object.values(ERROR_CODES),
    );
  });
});
