import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { abortContext, type ContextSettings, endContext, onContextEnd } from '#src/context/http-context.js';
import { UpgradeContext } from '#src/context/upgrade-context.js';
import { beginConnection, WebSocketContext } from '#src/context/web-socket-context.js';
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

  describe('once the connection has begun', () => {
    it('shares id and state with the upgrade, whichever is asked first', () => {
      const first = connection();
      beginConnection(first.context);
      assert.equal(first.upgrade.requestId, first.context.requestId);
      first.upgrade.state.user = 'ann';
      assert.equal(first.context.state.user, 'ann');
      const second = connection();
      const { requestId } = second.upgrade;
      second.upgrade.state.user = 'bob';
      beginConnection(second.context);
      assert.deepEqual([second.context.requestId, second.context.state.user], [requestId, 'bob']);
      assert.equal(second.upgrade.state, second.context.state);
    });

    it('aborts the signal that the upgrade gave, or gives only now, with its own', () => {
      for (const when of ['before', 'after']) {
        const { upgrade, context } = connection();
        const early = when === 'before' ? upgrade.signal : undefined;
        beginConnection(context);
        assert.equal(upgrade.signal, early ?? context.signal);
        assert.equal(context.signal, upgrade.signal);
        abortContext(context, new Error('closed'));
        assert.equal((upgrade.signal.reason as Error).message, 'closed', when);
      }
    });

    it('tells whoever waits for the end of the upgrade of its own end, once', () => {
      const { upgrade, context } = connection();
      const told: string[] = [];
      onContextEnd(upgrade, () => told.push('early'));
      beginConnection(context);
      onContextEnd(upgrade, () => told.push('late'));
      assert.equal(told.join(), '');
      endContext(context);
      endContext(context);
      assert.equal(told.join(), 'early,late');
      onContextEnd(upgrade, () => told.push('too late'));
      assert.equal(told.join(), 'early,late,too late');
    });
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
