import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { HttpContext } from '#src/context/http-context.js';
import { SseContext } from '#src/context/sse-context.js';
import { silent } from '../silent-log.js';

const contextOf = (headers: Record<string, string>) =>
  new SseContext({ method: 'GET', url: '/', headers, socket: {} }, {}, silent);
/** As node gives the bytes of a header. */
const asHeader = (text: string) => Buffer.from(text).toString('latin1');

describe('an SseContext', () => {
  it('is the context of an HTTP request', () => {
    const context = contextOf({});
    assert.ok(context instanceof HttpContext);
    assert.equal(context.eventType, 'http');
  });

  it('tells what the client saw last, in any script', () => {
    for (const id of ['7', '1700000000000-3', 'ä云😀']) {
      assert.equal(contextOf({ 'last-event-id': asHeader(id) }).lastEventId, id);
    }
  });

  it('knows of no last event on a first connection, nor where the client reset its id', () => {
    assert.equal(contextOf({}).lastEventId, undefined);
    assert.equal(contextOf({ 'last-event-id': '' }).lastEventId, undefined);
  });
});
