import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { encodeComment, encodeEvent } from '#src/server/sse-encoding.js';

/** What an independent parser reads. */
function parse(text: string) {
  const events: { data: string; event: string | undefined; id: string | undefined }[] = [];
  const retries: number[] = [];
  const parser = createParser({
    onEvent: ({ data, event, id }) => void events.push({ data, event, id }),
    onRetry: (retry) => void retries.push(retry),
  });
  parser.feed(text);
  return { events, retries };
}

describe('encodeEvent', () => {
  it('writes text as it is and any other JSON value as JSON', () => {
    for (const value of [1, true, null, [1, 2], { a: 1 }, { data: 1, other: 2 }, { event: 'x' }]) {
      assert.equal(encodeEvent(value), `data: ${JSON.stringify(value)}\n\n`);
    }
    assert.equal(encodeEvent('text'), 'data: text\n\n');
    assert.equal(encodeEvent(Buffer.from('čau')), 'data: čau\n\n');
  });

  it('writes the fields of an event', () => {
    const text = encodeEvent({ data: { a: 1 }, event: 'step', id: 7, retry: 100, comment: 'x' });
    assert.equal(text, ': x\nevent: step\nid: 7\nretry: 100\ndata: {"a":1}\n\n');
    assert.equal(encodeEvent({ data: undefined, retry: 5 }), 'retry: 5\n\n');
  });

  it('keeps every kind of line break in data', () => {
    assert.equal(encodeEvent('a\nb\r\nc\rd\n'), 'data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n');
  });

  it('gives any data to an independent parser as it was, line breaks as LF, and never an event more', () => {
    const piece = fc.constantFrom('\n', '\r', '\r\n', 'data: x', 'event: evil', 'id: 1', ':', ' ', '\0', '﻿', 'é', '');
    const anyText = fc.oneof(
      fc.array(piece).map((pieces) => pieces.join('')),
      fc.string({ unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(anyText, anyText, (data, comment) => {
        const { events } = parse(
          `${encodeEvent({ data, comment, event: 'e' })}${encodeComment(comment)}${encodeEvent('end')}`,
        );
        assert.deepEqual(events, [
          { data: data.replaceAll(/\r\n|\r/g, '\n'), event: 'e', id: undefined },
          { data: 'end', event: undefined, id: undefined },
        ]);
      }),
      { numRuns: 300 },
    );
  });

  for (const bad of ['a\nb', 'a\rb', 'a\r\nb', 'a\0b', '\n', '1\n\ndata: injected']) {
    it(`refuses ${JSON.stringify(bad)} in event and id`, () => {
      assert.throws(() => encodeEvent({ data: 1, event: bad }), TypeError);
      assert.throws(() => encodeEvent({ data: 1, id: bad }), TypeError);
    });
  }

  it('refuses a retry that is no whole number', () => {
    // What comes from JavaScript, or from JSON, has any type.
    const fromOutside = JSON.parse('["1\\ndata: x", 1.5, -1, 1e21, null]') as number[];
    for (const retry of [...fromOutside, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => encodeEvent({ data: 1, retry }), TypeError);
    }
  });

  it('refuses data that JSON cannot hold', () => {
    for (const data of [undefined, () => 1, Symbol('x'), 1n]) assert.throws(() => encodeEvent(data), TypeError);
  });

  it('writes a channel’s message as an event with its id, and a gap as an event before it', () => {
    assert.equal(encodeEvent({ id: '1-0', data: 'x' }), 'id: 1-0\ndata: x\n\n');
    assert.deepEqual(parse(encodeEvent({ id: '2-0', data: 'x', gap: true })).events, [
      { data: 'null', event: 'gap', id: undefined },
      { data: 'x', event: undefined, id: '2-0' },
    ]);
    assert.deepEqual(parse(encodeEvent({ id: '2-0', data: undefined, gap: true })).events, [
      { data: 'null', event: 'gap', id: '2-0' },
    ]);
  });
});
