import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { HttpContext } from '#src/context/http-context.js';
import { SseContext } from '#src/context/sse-context.js';
import { CloseEvent } from '#src/context/web-socket-connection.js';
import { UNDEFINED_TYPE } from '#src/routing/route-table.js';
import { eventKindOf } from '#src/server/event-kind.js';

class Order {}

describe('eventKindOf()', () => {
  for (const [name, type, kind] of [
    ['no parameter', undefined, 'none'],
    ['Buffer', Buffer, 'bytes'],
    ['Uint8Array', Uint8Array, 'bytes'],
    ['string', String, 'text'],
    ['Readable', Readable, 'stream'],
    ['an interface or unknown', Object, 'plain'],
    ['an array', Array, 'plain'],
    ['a number', Number, 'plain'],
    ['a Map', Map, 'plain'],
    ['CloseEvent', CloseEvent, 'given'],
    ['Error', Error, 'given'],
    ['a class', Order, 'class'],
    ['a class that was undefined', UNDEFINED_TYPE, 'mistake'],
    ['a class imported as a type', Function, 'mistake'],
    ['a context', HttpContext, 'mistake'],
    ['a context of a stream', SseContext, 'mistake'],
  ] as const) {
    it(`reads ${name} as ${kind}`, () => {
      assert.equal(eventKindOf(type).kind, kind);
    });
  }
});
