import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { HttpContext } from '#src/context/http-context.js';
import { UpgradeContext } from '#src/context/upgrade-context.js';
import { silent } from '../silent-log.js';

const contextOf = (headers: Record<string, string> = {}) =>
  new UpgradeContext({ method: 'GET', url: '/', headers, socket: {} }, {}, silent);

describe('an UpgradeContext', () => {
  it('is the context of a request of another kind', () => {
    assert.ok(contextOf() instanceof HttpContext);
    assert.equal(contextOf().eventType, 'websocket.upgrade');
  });

  it('lists the subprotocols that the client offers, in its order', () => {
    const protocols = (header: string) => contextOf({ 'sec-websocket-protocol': header }).protocols;
    assert.deepEqual(protocols('chat'), ['chat']);
    assert.deepEqual(protocols('v2.chat,v1.chat ,\tchat'), ['v2.chat', 'v1.chat', 'chat']);
    assert.deepEqual(protocols(', ,'), []);
    assert.deepEqual(contextOf().protocols, []);
  });

  it('has no answer that could become an event stream', () => {
    assert.throws(() => contextOf().sse(), /no HTTP response is open/);
  });
});
