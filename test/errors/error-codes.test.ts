import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { codeOfStatus, ERROR_CODES } from '#src/errors/error-codes.js';

describe('the table of error codes', () => {
  it('has codes in upper case, statuses of errors, and a title for each that no other has', () => {
    const titles = Object.values(ERROR_CODES).map(({ title }) => title);
    for (const [code, { status, title }] of Object.entries(ERROR_CODES)) {
      assert.match(code, /^[A-Z]+(?:_[A-Z]+)*$/);
      assert.ok(Number.isInteger(status) && status >= 400 && status <= 599, code);
      assert.match(title, /^[A-Z].*[^.]$/, code);
    }
    assert.equal(new Set(titles).size, titles.length);
  });
});

describe('codeOfStatus', () => {
  it('gives the general code of a status, also where several codes have it', () => {
    const general = {
      400: 'BAD_REQUEST',
      401: 'UNAUTHORIZED',
      403: 'FORBIDDEN',
      404: 'NOT_FOUND',
      408: 'REQUEST_TIMEOUT',
      413: 'BODY_TOO_LARGE',
      415: 'UNSUPPORTED_MEDIA_TYPE',
      500: 'INTERNAL',
      504: 'HANDLER_TIMEOUT',
    };
    for (const [status, code] of Object.entries(general)) assert.equal(codeOfStatus(Number(status)), code);
  });

  it('gives for each status of the table a code that has it', () => {
    const table: Readonly<Record<string, { readonly status: number }>> = ERROR_CODES;
    for (const { status } of Object.values(table)) assert.equal(table[codeOfStatus(status)]?.status, status);
  });

  it('names the number where the table has no code of it', () => {
    for (const status of [402, 418, 451, 505]) assert.equal(codeOfStatus(status), `HTTP_${status}`);
  });
});
