import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { HttpError } from '#src/errors/http-error.js';
import { envelopeOf, idIn, UnknownMessage } from '#src/server/message-envelope.js';

const NONE = { type: undefined, id: undefined };

describe('envelopeOf', () => {
  it('reads type and id of an object', () => {
    assert.deepEqual(envelopeOf({ type: 'say', id: 7, text: 'x' }), { type: 'say', id: 7 });
    assert.deepEqual(envelopeOf({ type: '', id: '' }), { type: '', id: '' });
    assert.deepEqual(envelopeOf({ id: 0 }), { type: undefined, id: 0 });
  });

  it('finds none in what is no object', () => {
    for (const value of [undefined, null, 7, 'say', true, ['say', 7], Symbol('say')]) {
      assert.deepEqual(envelopeOf(value), NONE);
    }
    const array = Object.assign([], { type: 'say', id: 7 });
    assert.deepEqual(envelopeOf(array), NONE);
  });

  it('takes only text for a type, and only text and numbers for an id', () => {
    for (const value of [null, true, {}, ['x']]) assert.deepEqual(envelopeOf({ type: value, id: value }), NONE);
    assert.deepEqual(envelopeOf({ type: 7, id: 7 }), { type: undefined, id: 7 });
  });

  it('gives back, of any JSON, only what was sent as type and id', () => {
    const message = fc.oneof(fc.jsonValue(), fc.record({ type: fc.jsonValue(), id: fc.jsonValue() }));
    fc.assert(
      fc.property(message, (value) => {
        const { type, id } = envelopeOf(value);
        const sent = Object(value) as { type?: unknown; id?: unknown };
        assert.ok(type === undefined || (typeof type === 'string' && type === sent.type));
        assert.ok(id === undefined || (typeof id !== 'object' && id === sent.id));
      }),
    );
  });
});

describe('UnknownMessage', () => {
  it('is an error of the client’s that names the types there are, never the one that was sent', () => {
    const error = new UnknownMessage('<script>', ['say', 'typing'], 7);
    assert.ok(error instanceof HttpError);
    assert.deepEqual([error.status, error.code], [400, 'UNKNOWN_MESSAGE']);
    assert.equal(error.message, 'no handler takes this type: type is one of say, typing');
  });

  it('says when the message has no type, and names no types where there are none', () => {
    assert.equal(
      new UnknownMessage(undefined, ['say'], 7).message,
      'no handler takes a message without a type: type is one of say',
    );
    assert.equal(new UnknownMessage('say', [], 7).message, 'no handler takes this type');
  });

  it('carries the id of its message, which no other error does', () => {
    assert.equal(idIn(new UnknownMessage('say', [], 0)), 0);
    assert.equal(idIn(new UnknownMessage('say', [], undefined)), undefined);
    assert.equal(idIn(Object.assign(new Error('x'), { messageId: 7 })), undefined);
    assert.equal(idIn(undefined), undefined);
  });
});
