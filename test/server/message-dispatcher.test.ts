import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Controller } from '#src/decorators/controller.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { currentContext } from '#src/context/current-context.js';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { Client, frame, RawSocket, upgradeBytes } from '../integration/web-socket-client.js';
import { type Served, serve } from '../serve.js';

@Controller()
class Mixed {
  @WebSocket('/deaf', { on: 'open' })
  deaf(_event: unknown, { ws }: WebSocketContext) {
    ws.send('opened');
  }

  @WebSocket('/bytes')
  bytes(message: Buffer) {
    return { bytes: message.toString() };
  }

  @WebSocket('/fallback', { type: 'known' })
  known() {
    return { known: true };
  }
  @WebSocket('/fallback')
  text(message: string) {
    return `text ${message}`;
  }

  @WebSocket('/here')
  here(_message: unknown, context: WebSocketContext) {
    return { same: currentContext() === context, ids: context.requestId === context.ctxId };
  }

  @WebSocket('/echo')
  echo(message: unknown) {
    return message;
  }
}

describe('MessageDispatcher', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Mixed], currentContext: true, maxQueuedMessages: 1 });
  });
  after(() => served.close());
  const open = (path: string) => Client.open(`${served.url}${path}`);

  it('lets messages pass that no handler takes, where a path has none', async () => {
    const client = await open('/deaf');
    client.send({ to: 'nobody' });
    client.send(Buffer.from('x'));
    assert.equal(await client.frame(), 'opened');
    await client.close();
  });

  it('gives text frames as bytes where only bytes are taken', async () => {
    const client = await open('/bytes');
    client.send('text');
    assert.deepEqual(await client.json(), { bytes: 'text' });
    await client.close();
  });

  it('gives what no type takes, and what is no JSON, to the handler of text', async () => {
    const client = await open('/fallback');
    for (const message of ['{"type":"known"}', '{"type":"other"}', 'no json', '"json"']) client.send(message);
    assert.deepEqual(await client.json(), { known: true });
    assert.equal(await client.frame(), 'text {"type":"other"}');
    assert.equal(await client.frame(), 'text no json');
    assert.equal(await client.frame(), 'text "json"');
    await client.close();
  });

  it('tells handlers which connection it is, below them too', async () => {
    const client = await open('/here');
    client.send({});
    assert.deepEqual(await client.json(), { same: true, ids: true });
    await client.close();
  });

  it('answers every one of many messages that come in one piece, in order', async () => {
    const count = 500;
    const frames = Array.from({ length: count }, (_, index) => frame(1, JSON.stringify({ id: index })));
    const raw = new RawSocket(served.port, Buffer.concat([Buffer.from(upgradeBytes('/echo')), ...frames]));
    await raw.has(`{"id":${count - 1},`);
    const ids = [...raw.bytes.toString('latin1').matchAll(/\{"id":(\d+),"result"/g)].map(([, id]) => Number(id));
    assert.deepEqual(ids, [...Array(count).keys()]);
    raw.socket.destroy();
  });

  it('takes only text and numbers for an id', async () => {
    const client = await open('/echo');
    for (const id of [0, '', 'x']) {
      client.send({ id });
      assert.deepEqual(await client.json(), { id, result: { id } });
    }
    for (const id of [null, true, [1], {}]) {
      client.send({ id });
      assert.deepEqual(await client.json(), { id });
    }
    await client.close();
  });
});
