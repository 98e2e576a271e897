import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { ERROR_CODES, type ErrorCode } from '#src/errors/error-codes.js';
import { HttpError } from '#src/errors/http-error.js';

describe('HttpError', () => {
  it('has status, code, detail, headers, errors and cause', () => {
    const cause = new Error('why');
    const error = new HttpError(409, 'paid already', { code: 'ORDER_PAID', headers: { 'Retry-After': '1' }, cause });
    assert.deepEqual(
      [error.status, error.code, error.message, error.headers, error.cause],
      [409, 'ORDER_PAID', 'paid already', { 'Retry-After': '1' }, cause],
    );
    assert.equal(new HttpError(404).code, 'NOT_FOUND');
    assert.equal(new HttpError(418).code, 'HTTP_418');
  });

  it('is only ever an error', () => {
    for (const status of [0, 200, 399, 600, 404.5, Number.NaN]) {
      assert.throws(() => new HttpError(status), { name: 'RangeError' });
    }
  });

  it('has a maker for the usual statuses', () => {
    const made = [
      HttpError.badRequest(),
      HttpError.unauthorized(),
      HttpError.forbidden(),
      HttpError.notFound(),
      HttpError.conflict(),
      HttpError.gone(),
      HttpError.unprocessable(),
      HttpError.tooManyRequests(),
      HttpError.unavailable(),
    ];
    assert.deepEqual(
      made.map(({ status }) => status),
      [400, 401, 403, 404, 409, 410, 422, 429, 503],
    );
  });

  it('takes every code of the table with its own status', () => {
    for (const [code, { status }] of Object.entries(ERROR_CODES)) {
      const error = HttpError.of(code as ErrorCode);
      assert.deepEqual([error.code, error.status], [code, status]);
    }
  });
});
