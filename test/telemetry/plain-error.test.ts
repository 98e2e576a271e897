import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plainError, stackOf } from '#src/telemetry/plain-error.js';

describe('plainError', () => {
  it('shows kind, message, stack and code of an error and of its causes', () => {
    const inner = Object.assign(new RangeError('inner'), { code: 'ECONNREFUSED' });
    const { type, message, stack, cause } = plainError(new TypeError('outer', { cause: inner }));
    assert.deepEqual([type, message], ['TypeError', 'outer']);
    assert.match(String(stack), /plain-error\.test/);
    const { code, stack: inside, ...rest } = cause as Record<string, unknown>;
    assert.deepEqual([code, rest], ['ECONNREFUSED', { type: 'RangeError', message: 'inner' }]);
    assert.match(String(inside), /^RangeError: inner/);
  });

  it('shows no secrets of messages, stacks and causes, and nothing that hangs on an error', () => {
    const hung = { request: { headers: { cookie: 'S3CRET' } } };
    const cause = Object.assign(new Error('redis://u:S3CRET@host'), hung);
    const error = new AggregateError([new Error('/a?token=S3CRET')], 'Bearer S3CRETS3CRET', { cause });
    assert.ok(!JSON.stringify(plainError(error)).includes('S3CRET'));
    assert.ok(!stackOf(error).includes('S3CRET'));
    assert.match(stackOf(error), /caused by Error: redis:\/\/u:\[redacted\]@host/);
  });
});
