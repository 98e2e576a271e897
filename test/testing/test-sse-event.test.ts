import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { TestSseEvent } from '#src/testing/test-sse-event.js';

describe('a TestSseEvent', () => {
  it('has name, data and id, and is equal to another of the same', () => {
    const event = new TestSseEvent('step', '{"n":1}', '7');
    assert.deepEqual({ ...event }, { event: 'step', data: '{"n":1}', id: '7' });
    assert.deepEqual(event, new TestSseEvent('step', '{"n":1}', '7'));
  });

  it('gives its data parsed, whatever JSON it is', () => {
    for (const value of [{ n: 1 }, [1, 2], 'text', 7, null, false]) {
      assert.deepEqual(new TestSseEvent('message', JSON.stringify(value), '').json(), value);
    }
  });

  it('says which event is no JSON, and shows the beginning of it', () => {
    const broken = new TestSseEvent('step', `<html>${'x'.repeat(1000)}`, '');
    assert.throws(
      () => broken.json(),
      (error: Error) => {
        assert.match(error.message, /^the data of event 'step' is no JSON: <html>x+$/);
        assert.ok(error.message.length < 250);
        assert.ok(error.cause instanceof SyntaxError);
        return true;
      },
    );
    assert.throws(() => new TestSseEvent('message', '', '').json(), /the data of event 'message' is no JSON: $/);
  });
});
