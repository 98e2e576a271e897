import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { encodeEvent } from '#src/server/sse-encoding.js';
import { FakeSseStream } from '#src/testing/index.js';

describe('FakeSseStream', () => {
  it('records text and plain values as data, and events as they are', () => {
    const stream = opened();
    assert.equal(stream.send('text'), true);
    stream.send({ event: 'step', id: 1, data: { done: false } });
    stream.send({ step: 1 });
    stream.send([{ data: 'a', comment: 'c' }, 'b']);
    assert.deepEqual(stream.events, [
      { data: 'text' },
      { event: 'step', id: 1, data: { done: false } },
      { data: { step: 1 } },
      { data: 'a', comment: 'c' },
      { data: 'b' },
    ]);
  });

  it('takes for an event whatever the server takes for one', () => {
    const fields = fc.record(
      {
        data: fc.oneof(fc.string(), fc.jsonValue(), fc.constant(undefined)),
        event: fc.stringMatching(/^[a-z]*$/),
        id: fc.nat(),
        retry: fc.nat(),
        comment: fc.string(),
        other: fc.string(),
      },
      { requiredKeys: [] },
    );
    const value = fc.oneof(fields, fc.string(), fc.dictionary(fc.string(), fc.jsonValue()), fc.integer(), fc.boolean());
    fc.assert(
      fc.property(value, (sent) => {
        const stream = opened();
        stream.send(sent);
        assert.equal(stream.events.map(encodeEvent).join(''), encodeEvent(sent));
      }),
      { numRuns: 300 },
    );
  });

  it('refuses what would break the framing of a real stream, and then records nothing', () => {
    const stream = opened();
    assert.throws(() => stream.send({ data: '', event: 'a\nb' }), TypeError);
    assert.throws(() => stream.send({ data: '', id: 'a\0' }), TypeError);
    assert.throws(() => stream.send({ data: '', retry: 0.5 }), TypeError);
    assert.throws(() => stream.send(['fine', { data: 1n }]), TypeError);
    assert.deepEqual(stream.events, []);
  });

  it('records the last event of an end, and nothing after it', () => {
    const reasons: Error[] = [];
    const stream = new FakeSseStream((reason) => reasons.push(reason));
    let closed = 0;
    stream.on('close', () => (closed += 1));
    stream.end({ event: 'end', data: '' });
    stream.end('again');
    assert.equal(stream.send('late'), false);
    assert.deepEqual(stream.events, [{ event: 'end', data: '' }]);
    assert.deepEqual([stream.closed, closed], [true, 1]);
    assert.deepEqual(
      reasons.map(({ name, message }) => [name, message]),
      [['AbortError', 'the event stream has ended']],
    );
  });

  it('never makes its sender wait', async () => {
    const stream = opened();
    stream.setEncoder();
    assert.equal(await stream.drained(), undefined);
  });
});

function opened(): FakeSseStream {
  return new FakeSseStream(() => undefined);
}
