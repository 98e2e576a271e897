import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { HttpRefused, TestResponse } from '#src/testing/index.js';

describe('HttpRefused', () => {
  it('carries the problem and says it', () => {
    const problem = {
      type: 'about:blank',
      title: 'Not found',
      status: 404,
      code: 'NOT_FOUND',
      requestId: 'r',
      detail: 'note 7',
    };
    const headers = { 'content-type': 'application/problem+json; charset=utf-8' };
    const error = HttpRefused.from('GET /x', new TestResponse(404, headers, Buffer.from(JSON.stringify(problem))));
    assert.deepEqual([error.name, error.status, error.problem, error.headers], ['HttpRefused', 404, problem, headers]);
    assert.equal(error.message, 'GET /x was answered with 404 NOT_FOUND: note 7');
  });

  it('has no problem where the answer has none', () => {
    const error = HttpRefused.from('GET /x', new TestResponse(204, {}, Buffer.alloc(0)));
    assert.deepEqual([error.status, error.problem, error.message], [204, undefined, 'GET /x was answered with 204']);
  });
});
