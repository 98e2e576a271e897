import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Controller } from '#src/decorators/controller.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { currentContext } from '#src/context/current-context.js';
import { UpgradeContext } from '#src/context/upgrade-context.js';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { Client, RawSocket, refusalOf, upgradeBytes } from '../integration/web-socket-client.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';

/** Made for each upgrade: it injects its context. */
@Controller('/own')
class Own {
  constructor(private readonly context: UpgradeContext) {}
  @WebSocket('/', { on: 'upgrade' })
  upgrade(_event: unknown, context: UpgradeContext) {
    return this.context === context && currentContext() === context && context.query['pass'] === 'yes';
  }
  dispose() {
    disposed += 1;
  }
}
let disposed = 0;

@Controller()
class Plain {
  @WebSocket('/offers', { on: 'upgrade' })
  offers(_event: unknown, { protocols }: UpgradeContext) {
    return { allowWebSocket: false, statusCode: 400, body: protocols.join('|') };
  }
  @WebSocket('/time')
  time(_message: unknown, context: WebSocketContext) {
    return { left: context.remainingMs() <= 60_000 };
  }
}

describe('the upgrade listener', () => {
  let served: Served;
  before(async () => {
    served = await serve({
      controllers: [Own, Plain],
      accessLog: true,
      currentContext: true,
      executionTimeoutMs: 60_000,
      maxHeaders: 20,
      maxUrlBytes: 100,
    });
  });
  after(() => served.close());

  it('writes an access line for a refusal, and disposes what was made for it', async () => {
    served.lines.length = 0;
    const { status, code } = await refusalOf(`${served.url}/own?pass=no&secret=x`);
    assert.deepEqual([status, code], [403, 'FORBIDDEN']);
    await until(() => disposed === 1);
    const [line, ...more] = served.lines.filter(({ msg }) => msg === 'request');
    assert.deepEqual([line?.['status'], line?.['code'], line?.['path'], more.length], [403, 'FORBIDDEN', '/own', 0]);
  });

  it('keeps what was made for an upgrade as long as the connection', async () => {
    const client = await Client.open(`${served.url}/own?pass=yes`);
    assert.equal(disposed, 1);
    await client.close();
    await until(() => disposed === 2);
  });

  it('holds upgrades to the limits of any request', async () => {
    assert.equal((await refusalOf(`${served.url}/offers?${'x'.repeat(100)}`)).status, 414);
    const headers = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`X-${index}`, 'x']));
    assert.equal((await refusalOf(`${served.url}/offers`, { headers })).status, 431);
    const twoHosts = new RawSocket(served.port, upgradeBytes('/offers', { 'X-A': 'b\r\nHost: other' }));
    assert.match((await twoHosts.whole()).toString(), /^HTTP\/1.1 400 /);
  });

  it('shows the handler what the client offers', async () => {
    const raw = new RawSocket(served.port, upgradeBytes('/offers', { 'Sec-WebSocket-Protocol': ' a , b' }));
    assert.match((await raw.whole()).toString(), /a\|b$/);
  });

  it('gives the connection the deadline of its upgrade', async () => {
    const client = await Client.open(`${served.url}/time`);
    client.send({});
    assert.deepEqual(await client.json(), { left: true });
    await client.close();
  });
});
