import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClientError } from '#src/client/client-error.js';

describe('ClientError', () => {
  it('has the code and the words of a problem', () => {
    const problem = { status: 404, code: 'NOT_FOUND', title: 'Not found', detail: 'order 7' };
    const error = new ClientError(problem);
    assert.deepEqual([error.code, error.message, error.problem], ['NOT_FOUND', 'order 7', problem]);
    assert.equal(new ClientError({ title: 'Not found', status: 404, code: 'NOT_FOUND' }).message, 'Not found');
  });

  it('is made of a status alone, where somebody else has answered', () => {
    const { code, message } = new ClientError({ status: 502 });
    assert.deepEqual([code, message], ['HTTP_502', 'HTTP_502']);
  });
});
