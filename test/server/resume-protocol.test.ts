import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { channelText, itemOf, leftText, parseHello, welcomeText } from '#src/server/resume-protocol.js';

const hello = (value: unknown) => parseHello(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));

describe('parseHello', () => {
  it('reads the session and how far its client has come', () => {
    assert.deepEqual(hello({}), { session: undefined, positions: new Map() });
    const { session, positions } = hello({ s: 'abc', p: { '': '1-0', __proto__x: '2-0', room: 'local-3' } }) ?? {};
    assert.equal(session, 'abc');
    assert.deepEqual(
      [...(positions ?? [])],
      [
        ['', '1-0'],
        ['__proto__x', '2-0'],
        ['room', 'local-3'],
      ],
    );
  });

  it('takes nothing else, and never throws', () => {
    for (const value of ['x', '1', 'null', '[', { s: 1 }, { s: 'x'.repeat(65) }, { p: 1 }, { p: { a: 1 } }]) {
      assert.equal(hello(value), undefined, JSON.stringify(value));
    }
    assert.equal(hello({ p: { a: '1'.repeat(65) } }), undefined);
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (text) => void hello(text)));
  });
});

describe('a frame', () => {
  it('holds a value, the value of text that is JSON, other text, or bytes', () => {
    assert.deepEqual(
      [{ a: 1 }, '{"a":1}', 'text', '', null, undefined, 5].map(itemOf),
      [{ a: 1 }, { a: 1 }, 'text', '', null, null, 5].map((d) => ({ d })),
    );
    assert.deepEqual(itemOf(new Uint8Array([255, 0])), { b: '/wA=' });
    assert.deepEqual(itemOf(new Uint8Array([1, 255, 0, 2]).subarray(1, 3)), { b: '/wA=' });
    assert.deepEqual(itemOf(new Uint8Array([255, 0]).buffer), { b: '/wA=' });
    assert.throws(() => itemOf(1n), TypeError);
  });

  it('is a copy: what is changed later is not in it', () => {
    const message = { list: [1] };
    const item = itemOf(message);
    message.list.push(2);
    assert.deepEqual(item, { d: { list: [1] } });
  });

  it('of a channel has its name and id, and says what is lost before it', () => {
    assert.equal(channelText('a', '1-0', 'x', false), '{"c":"a","i":"1-0","d":"x"}');
    assert.equal(channelText('a', '1-0', 'x', true), '{"c":"a","i":"1-0","g":true,"d":"x"}');
    assert.equal(channelText('a', '1-0', undefined, true), '{"c":"a","i":"1-0","g":true}');
    assert.equal(channelText('a', '1-0', undefined, false), '{"c":"a","i":"1-0","d":null}');
    assert.equal(leftText('a'), '{"c":"a"}');
    assert.equal(welcomeText('s', true), '{"s":"s","r":true}');
  });
});
