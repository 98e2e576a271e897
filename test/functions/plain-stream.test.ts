import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { newPlainEncoder } from '#src/functions/plain-stream.js';
import { parseEvents } from './parse-events.js';

describe('newPlainEncoder', () => {
  const encode = (event: unknown) => newPlainEncoder()(event);

  for (const [event, text] of [
    ['data: raw\n\n', 'data: raw\n\n'],
    [Buffer.from(': raw\n\n'), ': raw\n\n'],
    [{ data: 'x' }, 'data: x\n\n'],
    [
      { data: { a: 1 }, event: 'e', id: '1', retry: 5, comment: 'c' },
      ': c\nevent: e\nid: 1\nretry: 5\ndata: {"a":1}\n\n',
    ],
    [{ comment: 'only' }, ': only\n\n'],
    [{ event: 'bare' }, 'event: bare\n\n'],
    [{ data: 'a\n\nb' }, 'data: a\ndata: \ndata: b\n\n'],
    [{ data: [1, { a: 2 }] }, 'data: [1,{"a":2}]\n\n'],
    [{ data: 5 }, 'data: 5\n\n'],
    [{ data: null }, 'data: null\n\n'],
    [{ other: 1 }, ''],
    [5, ''],
    [null, ''],
    [undefined, ''],
  ] as const) {
    it(`writes ${JSON.stringify(event) ?? 'undefined'} as ${JSON.stringify(text)}`, () => {
      assert.equal(encode(event), text);
    });
  }

  it('puts together a character whose bytes come in two pieces', () => {
    const encoder = newPlainEncoder();
    const bytes = Buffer.from('data: 云\n\n');
    assert.equal(encoder(bytes.subarray(0, 7)) + encoder(bytes.subarray(7)), 'data: 云\n\n');
  });

  for (const field of ['id', 'event']) {
    it(`refuses a line break in ${field}`, () => {
      assert.throws(() => encode({ data: 'x', [field]: 'a\ndata: injected' }), TypeError);
    });
  }

  it('lets neither a comment nor bytes write events of their own', () => {
    const text = encode({ comment: 'a\n\ndata: b', data: Buffer.from('c\n\ndata: d') });
    assert.deepEqual(parseEvents(text), ['c\n\ndata: d']);
  });
});
