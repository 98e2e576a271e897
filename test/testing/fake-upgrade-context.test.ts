import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { HttpContext, UpgradeContext } from '#src/index.js';
import { fakeUpgradeContext } from '#src/testing/index.js';

describe('fakeUpgradeContext', () => {
  it('is a real context of an upgrade', () => {
    const context = fakeUpgradeContext({ params: { room: 'tea' }, cookies: { session: 's' } });
    assert.ok(context instanceof UpgradeContext && context instanceof HttpContext);
    assert.equal(context.eventType, 'websocket.upgrade');
    assert.equal(context.params['room'], 'tea');
    assert.equal(context.cookies['session'], 's');
  });

  it('shows the subprotocols of its header', () => {
    const headers = { 'Sec-WebSocket-Protocol': ['notes.v2', 'notes.v1'] };
    assert.deepEqual(fakeUpgradeContext({ headers }).protocols, ['notes.v2', 'notes.v1']);
    assert.deepEqual(fakeUpgradeContext().protocols, []);
  });

  it('aborts its signal', () => {
    const context = fakeUpgradeContext();
    context.abort();
    assert.equal((context.signal.reason as Error).name, 'AbortError');
  });

  it('has no event stream to open', () => {
    assert.throws(() => fakeUpgradeContext().sse(), /no HTTP response/);
  });
});
