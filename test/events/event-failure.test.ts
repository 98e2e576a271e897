import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventError } from '#src/errors/http-error.js';
import { eventFailure } from '#src/events/event-failure.js';

const errorAt = (path: string): EventError => ({ in: 'body', path, rule: 'max', message: `${path} is too much` });

describe('eventFailure', () => {
  it('is 400 and keeps every entry', () => {
    const errors = [errorAt('a'), errorAt('b')];
    const failure = eventFailure(errors);
    assert.deepEqual([failure.status, failure.code, failure.errors], [400, 'VALIDATION_FAILED', errors]);
  });

  it('says the first failure and counts the others', () => {
    assert.equal(eventFailure([errorAt('a')]).message, 'a is too much');
    assert.equal(eventFailure([errorAt('a'), errorAt('b')]).message, 'a is too much (and 1 more)');
    assert.equal(eventFailure([errorAt('a'), errorAt('b'), errorAt('c')]).message, 'a is too much (and 2 more)');
    assert.equal(eventFailure([]).message, '');
  });

  it('keeps its cause for the log', () => {
    const cause = new Error('why');
    assert.equal(eventFailure([errorAt('a')], cause).cause, cause);
    assert.equal('cause' in eventFailure([errorAt('a')]), false);
  });

  it('takes no stack, and leaves to all other errors as many lines as they had', () => {
    const usual = Error.stackTraceLimit;
    try {
      Error.stackTraceLimit = 3;
      assert.doesNotMatch(eventFailure([errorAt('a')]).stack ?? '', /^\s+at /m);
      assert.equal(Error.stackTraceLimit, 3);
      assert.equal(new Error('x').stack?.match(/^\s+at /gm)?.length, 3);
    } finally {
      Error.stackTraceLimit = usual;
    }
  });
});
