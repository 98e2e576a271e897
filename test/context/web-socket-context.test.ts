import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { ContextSettings } from '#src/context/http-context.js';
import { UpgradeContext } from '#src/context/upgrade-context.js';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { FakeWebSocketConnection } from '#src/testing/fake-web-socket-connection.js';
import { type Line, recordInto } from '../serve.js';
import { silent } from '../silent-log.js';

interface Visit {
  user?: string;
}

const request = { method: 'GET', url: '/rooms/7?a=1', headers: { cookie: 'c=2' }, socket: { remoteAddress: '::1' } };
const params = { room: '7' };

function connection(settings: ContextSettings = silent) {
  const ws = new FakeWebSocketConnection();
  const upgrade = new UpgradeContext<Visit>(request, params, settings);
  return { ws, upgrade, context: new WebSocketContext<Visit>(request, params, settings, ws, upgrade) };
}

describe('a WebSocketContext', () => {
  it('has the connection and the request that it came of', () => {
    const { ws, context } = connection();
    assert.equal(context.ws, ws);
    assert.equal(context.eventType, 'websocket.connection');
    assert.deepEqual([context.path, context.params, context.ip], ['/rooms/7', params, '::1']);
    assert.deepEqual([{ ...context.query }, { ...context.cookies }], [{ a: '1' }, { c: '2' }]);
  });

  it('has one id from the upgrade to the end, whichever is asked first', () => {
    const first = connection();
    assert.equal(first.context.requestId, first.upgrade.requestId);
    const second = connection();
    assert.equal(second.upgrade.ctxId, second.context.ctxId);
    assert.notEqual(first.context.requestId, second.context.requestId);
  });

  it('logs with the id of the upgrade', () => {
    const lines: Line[] = [];
    const { context, upgrade } = connection({ ...silent, log: recordInto(lines) });
    context.log.info('hello');
    assert.equal(lines[0]?.['requestId'], upgrade.requestId);
  });

  it('has the state that the upgrade left, and what is changed later is seen by all', () => {
    const { context, upgrade } = connection();
    upgrade.state.user = 'ann';
    assert.equal(context.state.user, 'ann');
    context.state.user = 'bob';
    assert.equal(upgrade.state, context.state);
  });

  it('without an upgrade, as in tests, has an id and a state of its own', () => {
    const context = new WebSocketContext<Visit>(request, params, silent, new FakeWebSocketConnection());
    assert.match(context.requestId, /^[\da-f-]{36}$/);
    assert.equal(context.requestId, context.eventID);
    context.state.user = 'ann';
    assert.equal(context.state.user, 'ann');
  });

  it('has no answer that could become an event stream', () => {
    assert.throws(() => connection().context.sse(), /no HTTP response is open/);
  });
});
