import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { HttpContext, WebSocketContext } from '#src/index.js';
import { FakeWebSocketConnection, fakeWebSocketContext } from '#src/testing/index.js';
import { RoomController } from './notes.js';

describe('fakeWebSocketContext', () => {
  it('serves handlers that are called by themselves', async () => {
    const context = fakeWebSocketContext({ params: { room: 'tea' } });
    const controller = new RoomController();
    await controller.joined({ room: 'tea' }, context);
    await controller.say({ text: 'hello' }, context);
    assert.deepEqual([...context.ws.joined], ['tea']);
    assert.deepEqual(context.ws.sent, [{ welcome: 'tea' }]);
    assert.deepEqual(context.ws.published, [{ channel: 'tea', message: { said: 'hello' } }]);
  });

  it('is a real context of a connection', () => {
    const context = fakeWebSocketContext<{ user: string }>({ state: { user: 'ann' }, requestId: 'c-1' });
    assert.ok(context instanceof WebSocketContext && context instanceof HttpContext);
    assert.ok(context.ws instanceof FakeWebSocketConnection);
    assert.equal(context.eventType, 'websocket.connection');
    assert.equal(context.ctxId, 'c-1');
    assert.equal(context.state.user, 'ann');
  });

  it('aborts its signal when the handler closes the connection', () => {
    const context = fakeWebSocketContext();
    context.ws.close(1011, 'broken');
    assert.equal(context.signal.aborted, true);
    assert.deepEqual(context.ws.closedWith, { code: 1011, reason: 'broken' });
  });

  it('closes the connection without a close frame when the client is gone', () => {
    const context = fakeWebSocketContext();
    const heard: unknown[] = [];
    context.ws.on('close', (event) => heard.push(event));
    context.abort(new Error('gone'));
    assert.equal((context.signal.reason as Error).message, 'gone');
    assert.deepEqual(heard, [{ type: 'close', code: 1006, reason: '', wasClean: false }]);
    assert.equal(context.ws.closedWith, undefined);
  });
});
