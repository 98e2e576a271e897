import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createApplication } from '#src/application.js';
import { type DeployFacts, factsOf, fieldsFor, runtimeFor } from '#src/cli/cloudbase/function-fields.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import type { GivenOptions } from '#src/options.js';
import type { Class } from '#src/routing/route-options.js';

@Controller('/http')
class Plain {
  @Http('GET', '/') get() {
    return 'hello';
  }
}

@Controller('/sse')
class Streams {
  @Sse('/') *events() {
    yield 'event';
  }
}

@Controller('/ws')
class Sockets {
  @WebSocket('/a') usual(text: string) {
    return text;
  }
  @WebSocket('/b', { heartbeatMs: 50_000 }) slow(text: string) {
    return text;
  }
}

function facts(controllers: Class[], options: GivenOptions = {}): DeployFacts {
  return factsOf(createApplication({ controllers, ...options }, {}));
}

function fields(controllers: Class[], options: GivenOptions = {}) {
  return fieldsFor(facts(controllers, options), './packed', 'Nodejs20.19');
}

const LONG = { dynamicEnabled: false, maxConcurrency: 100 };
const BASE = { type: 'HTTP', dir: './packed', runtime: 'Nodejs20.19', installDependency: false };

describe('factsOf', () => {
  it('knows which kinds of routes there are, and the longest time between two pings', () => {
    const { takesWebSockets, streams, heartbeatMs } = facts([Plain, Sockets]);
    assert.deepEqual([takesWebSockets, streams, heartbeatMs], [true, false, 50_000]);
    assert.equal(facts([Streams]).streams, true);
    assert.equal(facts([Sockets], { wsIdleTimeoutMs: 60_000 }).heartbeatMs, 30_000, 'as it is held to');
  });
});

describe('fieldsFor', () => {
  it('gives a handler a second less than the platform does', () => {
    assert.deepEqual(fields([Plain]), { ...BASE, timeout: 31 });
    assert.equal(fields([Plain], { handlerTimeoutMs: 0 })['timeout'], 900);
    assert.equal(fields([Plain], { executionTimeoutMs: 59_001 })['timeout'], 60);
  });

  it('gives streams the longest time, and one instance for all of them', () => {
    assert.deepEqual(fields([Streams]), { ...BASE, timeout: 900, instanceConcurrencyConfig: LONG });
  });

  it('switches WebSocket on, with two pings within the idle time-out', () => {
    const sockets = (idleTimeOut: number) => ({ protocolType: 'WS', protocolParams: { wsParams: { idleTimeOut } } });
    const base = { ...BASE, timeout: 900, instanceConcurrencyConfig: LONG };
    assert.deepEqual(fields([Sockets]), { ...base, ...sockets(100) });
    assert.deepEqual(fields([Sockets], { wsIdleTimeoutMs: 120_000 }), { ...base, ...sockets(120) });
    assert.deepEqual(fields([Sockets], { wsIdleTimeoutMs: 1000 }), { ...base, ...sockets(10) }, 'no less');
  });

  it('never lets an invocation be shorter than its connection may be silent', () => {
    assert.equal(fields([Sockets], { executionTimeoutMs: 20_000 })['timeout'], 100);
    assert.equal(fields([Sockets], { wsIdleTimeoutMs: 1_800_000 })['timeout'], 1800);
  });
});

describe('runtimeFor', () => {
  it('is that of the start script, the one that everybody has first', () => {
    assert.deepEqual([[22, 20], [22], [24], [18], []].map(runtimeFor), [
      'Nodejs20.19',
      'Nodejs22.21',
      'Nodejs24.11',
      'Nodejs20.19',
      'Nodejs20.19',
    ]);
  });
});
