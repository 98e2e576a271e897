import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callerOf, setCaller } from '#src/security/caller.js';
import { fakeHttpContext } from '#src/testing/fake-http-context.js';

describe('callerOf()', () => {
  it('is what the innermost guard found out, and nothing without one', () => {
    const context = fakeHttpContext();
    assert.equal(callerOf(context), undefined);
    setCaller(context, { by: 'basic', id: 'ada' });
    setCaller(context, { by: 'jwt', id: 'bob' });
    assert.deepEqual(callerOf(context), { by: 'jwt', id: 'bob' });
    assert.deepEqual(Object.keys(context.state), [], 'in nobody’s way');
  });
});
