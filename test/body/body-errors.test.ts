import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alreadyRead, bodyTooLarge, incompleteBody } from '#src/body/body-errors.js';
import { HttpError } from '#src/errors/http-error.js';
import { toProblem } from '#src/errors/problem.js';

describe('the errors of reading a body', () => {
  it('that is too large is 413 and names the limit', () => {
    const { status, code, message } = bodyTooLarge(1024);
    assert.deepEqual([status, code, message], [413, 'BODY_TOO_LARGE', 'at most 1024 bytes']);
  });

  it('that is not whole is 400, with its cause for the log and never for the client', () => {
    const cause = new Error('read ECONNRESET 10.0.0.7');
    const error = incompleteBody(cause);
    assert.deepEqual([error.status, error.code, error.cause], [400, 'INCOMPLETE_BODY', cause]);
    assert.doesNotMatch(JSON.stringify(toProblem(error, 'r', true)), /ECONNRESET/);
    assert.equal('cause' in incompleteBody(), false);
  });

  it('that was read already is a fault of the program and no answer', () => {
    const error = alreadyRead();
    assert.ok(!(error instanceof HttpError));
    assert.match(error.message, /already been read/);
  });
});
