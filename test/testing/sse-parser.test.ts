import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { encodeEvent } from '#src/server/sse-encoding.js';
import { SseParser } from '#src/testing/sse-parser.js';

/** What a stream of these chunks says, as plain values, in order. */
function read(...chunks: (string | Uint8Array)[]): { said: unknown[]; lastEventId: string } {
  const said: unknown[] = [];
  const parser = new SseParser({
    onEvent: ({ event, data, id }) => said.push({ event, data, id }),
    onComment: (comment) => said.push({ comment }),
    onRetry: (retry) => said.push({ retry }),
  });
  for (const chunk of chunks) parser.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return { said, lastEventId: parser.lastEventId };
}

function message(data: string, id = ''): unknown {
  return { event: 'message', data, id };
}

describe('SseParser', () => {
  // The examples of WHATWG HTML, section 9.2.6.
  it('joins the data lines of an event', () => {
    assert.deepEqual(read('data: YHOO\ndata: +2\ndata: 10\n\n').said, [message('YHOO\n+2\n10')]);
  });

  it('keeps an id until another is given, and resets it by an empty one', () => {
    const { said, lastEventId } = read(
      ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n',
    );
    assert.deepEqual(said, [
      { comment: 'test stream' },
      message('first event', '1'),
      message('second event'),
      message(' third event'),
    ]);
    assert.equal(lastEventId, '');
    assert.deepEqual(read('id: 7\ndata: a\n\ndata: b\n\n').said, [message('a', '7'), message('b', '7')]);
  });

  it('dispatches empty data lines and drops an event that is not ended', () => {
    assert.deepEqual(read('data\n\ndata\ndata\n\ndata:').said, [message(''), message('\n')]);
  });

  it('takes away one space after the colon and no more', () => {
    assert.deepEqual(read('data:test\n\ndata: test\n\ndata:  test\n\n').said, [
      message('test'),
      message('test'),
      message(' test'),
    ]);
  });

  it('drops an event without data, its name with it, but keeps its id', () => {
    const { said, lastEventId } = read('event: a\nid: 3\n\ndata: b\n\n');
    assert.deepEqual(said, [message('b', '3')]);
    assert.equal(lastEventId, '3');
  });

  it('does not take an id for seen before its event is complete', () => {
    assert.equal(read('id: 3\ndata: a\n').lastEventId, '');
  });

  it('ignores an id with NUL, a retry that is no number, and fields that it does not know', () => {
    const { said } = read('id: 1\ndata: a\n\nid: 2\0\nretry: 1e3\nretry: -1\nretry:\nother: x\nDATA: y\ndata: b\n\n');
    assert.deepEqual(said, [message('a', '1'), message('b', '1')]);
    assert.deepEqual(read('retry: 2500\n\n').said, [{ retry: 2500 }]);
  });

  it('skips one byte order mark at the start and none later', () => {
    assert.deepEqual(read('\uFEFFdata: a\n\n').said, [message('a')]);
    assert.deepEqual(read('\uFEFF\uFEFFdata: a\n\n').said, []);
    assert.deepEqual(read('data: \uFEFFa\n\n').said, [message('\uFEFFa')]);
    assert.deepEqual(read(Buffer.from([0xef]), Buffer.from([0xbb]), Buffer.from('\xbfdata: a\n\n', 'latin1')).said, [
      message('a'),
    ]);
  });

  it('ends lines by CR, LF and CRLF, and by a CR at once', () => {
    assert.deepEqual(read('data: a\rdata: b\r\ndata: c\n\r\n').said, [message('a\nb\nc')]);
    assert.deepEqual(read('data: a\r', '\r').said, [message('a')]);
    assert.deepEqual(read('data: a\r', '\n', 'data: b\r', '\n', '\r', '\n').said, [message('a\nb')]);
    assert.deepEqual(read('data: a\n', '\n', '\n').said, [message('a')]);
  });

  it('puts a character together that was cut', () => {
    const bytes = Buffer.from('data: 你好 🍵\n\n');
    assert.deepEqual(read(...Array.from(bytes, (byte) => Buffer.from([byte]))).said, [message('你好 🍵')]);
  });

  it('reads the same however the bytes are cut', () => {
    const piece = fc.constantFrom(
      'data',
      'event',
      'id',
      'retry',
      ':',
      ' ',
      '\r',
      '\n',
      '\r\n',
      '\n\n',
      '7',
      'ä',
      '茶',
      '\0',
      '\uFEFF',
    );
    const stream = fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join('')));
    fc.assert(
      fc.property(stream, fc.array(fc.nat(200), { maxLength: 12 }), (bytes, cuts) => {
        const places = [
          0,
          ...cuts.filter((cut) => cut < bytes.length).sort((left, right) => left - right),
          bytes.length,
        ];
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        assert.deepEqual(read(...chunks), read(bytes));
      }),
      { numRuns: 1000 },
    );
  });

  it('gives back what the server has written', () => {
    const event = fc.record({
      data: fc.string({ unit: 'grapheme' }),
      event: fc.stringMatching(/^[a-z]{1,5}$/),
      id: fc.stringMatching(/^[^\0\r\n]{0,5}$/),
    });
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const { said } = read(events.map(encodeEvent).join(''));
        assert.deepEqual(
          said,
          events.map((sent) => ({ ...sent, data: sent.data.replaceAll(/\r\n|\r/g, '\n') })),
        );
      }),
      { numRuns: 300 },
    );
  });
});
