import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Controller } from '#src/decorators/controller.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { HttpError } from '#src/errors/http-error.js';
import { addressMessage } from '#src/server/address-message.js';
import { idIn } from '#src/server/message-envelope.js';
import { serviceOf, socketEndpointOf } from './service-of.js';

@Controller()
class Paths {
  @WebSocket('/deaf', { on: 'open' }) deaf() {}

  @WebSocket('/json') json(_message: unknown) {}

  @WebSocket('/typed', { type: 'say' }) say(_message: unknown) {}
  @WebSocket('/typed', { type: '' }) nameless(_message: unknown) {}

  @WebSocket('/all', { type: 'say' }) allTyped(_message: unknown) {}
  @WebSocket('/all') allJson(_message: unknown) {}
  @WebSocket('/all', {}) allText(_message: string) {}
  @WebSocket('/all', {}) allBytes(_message: Buffer) {}

  @WebSocket('/text') text(_message: string) {}
  @WebSocket('/bytes') bytes(_message: Buffer) {}

  @WebSocket('/typed-or-text', { type: 'say' }) orTyped(_message: unknown) {}
  @WebSocket('/typed-or-text') orText(_message: string) {}
}

const service = serviceOf([Paths]);
const MAX_DEPTH = 4;

/** Who takes a frame on a path: the name of the method, what it gets, the id. `undefined`: nobody. */
function taken(path: string, data: string | Buffer): [method: string, value: unknown, id: unknown] | undefined {
  const found = addressMessage(socketEndpointOf(service, path), Buffer.from(data), typeof data !== 'string', MAX_DEPTH);
  return found && [found.handler.route.method, found.value, found.id];
}

/** How a frame is refused. */
function refused(path: string, data: string | Buffer): HttpError {
  try {
    taken(path, data);
  } catch (error) {
    assert.ok(error instanceof HttpError, String(error));
    return error;
  }
  assert.fail('it was taken');
}

const BYTES = Buffer.from([0, 255]);

describe('addressMessage', () => {
  it('lets every frame pass where a path has no message handlers', () => {
    assert.equal(taken('/deaf', '{"type":"say"}'), undefined);
    assert.equal(taken('/deaf', 'no JSON'), undefined);
    assert.equal(taken('/deaf', BYTES), undefined);
  });

  it('gives JSON of any kind to the handler of JSON, with its id', () => {
    assert.deepEqual(taken('/json', '{"id":"a","x":1}'), ['json', { id: 'a', x: 1 }, 'a']);
    assert.deepEqual(taken('/json', '{"type":"say"}'), ['json', { type: 'say' }, undefined]);
    for (const text of ['null', '0', '"x"', '[1]', 'false', '{}']) {
      assert.deepEqual(taken('/json', text), ['json', JSON.parse(text), undefined]);
    }
  });

  it('gives a message to the handler of its type, the empty type too', () => {
    assert.deepEqual(taken('/typed', '{"type":"say","id":0}'), ['say', { type: 'say', id: 0 }, 0]);
    assert.deepEqual(taken('/typed', '{"type":""}'), ['nameless', { type: '' }, undefined]);
  });

  it('refuses a type that nobody takes, and no type at all, with the id of the message', () => {
    for (const text of ['{"type":"other","id":7}', '{"type":"toString","id":7}', '{"id":7}', '{"type":null,"id":7}']) {
      const error = refused('/typed', text);
      assert.deepEqual([error.code, idIn(error)], ['UNKNOWN_MESSAGE', 7], text);
      assert.match(error.message, /type is one of say, $/);
    }
    assert.equal(refused('/typed', 'null').code, 'UNKNOWN_MESSAGE');
  });

  it('refuses what is no JSON, too deep, or has a forbidden key where only JSON is taken', () => {
    for (const path of ['/json', '/typed']) {
      for (const text of ['', '{', 'say', "{'type':'say'}"]) assert.equal(refused(path, text).code, 'MALFORMED_JSON');
      assert.equal(refused(path, '[[[[[0]]]]]').code, 'JSON_TOO_DEEP');
      assert.equal(refused(path, '{"__proto__":{}}').code, 'FORBIDDEN_KEY');
    }
    assert.deepEqual(taken('/json', '[[[[0]]]]')?.[0], 'json');
  });

  it('refuses bytes where text or JSON is taken and bytes are not', () => {
    for (const path of ['/json', '/typed', '/text', '/typed-or-text']) {
      assert.equal(refused(path, BYTES).code, 'UNSUPPORTED_FRAME');
    }
  });

  it('gives text to the handler of text as it is, JSON or not', () => {
    for (const text of ['', 'x', '{"type":"say","id":7}', '[[[[[0]]]]]']) {
      assert.deepEqual(taken('/text', text), ['text', text, undefined]);
    }
  });

  it('gives to the handler of text what is no JSON, too deep, or of no type that is taken', () => {
    assert.deepEqual(taken('/typed-or-text', '{"type":"say"}')?.[0], 'orTyped');
    for (const text of ['', '{', '[[[[[0]]]]]', '{"type":"other"}', '{"id":7}', 'null']) {
      assert.deepEqual(taken('/typed-or-text', text), ['orText', text, undefined]);
    }
  });

  it('gives frames of either kind to the handler of bytes where there is no other', () => {
    assert.deepEqual(taken('/bytes', BYTES), ['bytes', BYTES, undefined]);
    assert.deepEqual(taken('/bytes', '{"id":7}'), ['bytes', Buffer.from('{"id":7}'), undefined]);
  });

  it('tells a path’s handlers apart by type, JSON, text and bytes', () => {
    assert.equal(taken('/all', '{"type":"say"}')?.[0], 'allTyped');
    assert.equal(taken('/all', '{"type":"other"}')?.[0], 'allJson');
    assert.equal(taken('/all', 'x')?.[0], 'allText');
    assert.equal(taken('/all', BYTES)?.[0], 'allBytes');
  });
});
