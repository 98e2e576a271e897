import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { IsInt } from 'class-validator';
import { Controller } from '#src/decorators/controller.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { CloseEvent } from '#src/context/web-socket-connection.js';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';
import { Client, closeCodeIn, frame, RawSocket, upgradeBytes } from './web-socket-client.js';

class Room {
  @IsInt() room!: number;
}

/** What the handlers have seen, by path. */
const seen: Record<string, unknown[]> = {};
const note = (path: string, what: unknown) => void (seen[path] ??= []).push(what);
let releaseGate = () => undefined as void;
let gate: Promise<void> = Promise.resolve();
const shut = () => void (gate = new Promise((resolve) => (releaseGate = resolve)));

/** Made for each connection, as it injects the connection's context. */
@Controller('/own')
class PerConnection {
  #count = 0;
  constructor(private readonly context: WebSocketContext) {}
  @WebSocket('/:room', { on: 'open' })
  open({ room }: Room) {
    note('own', `open ${room}`);
  }
  @WebSocket('/:room')
  count() {
    return { count: (this.#count += 1), room: this.context.params['room'] };
  }
  dispose() {
    note('own', 'disposed');
  }
}

@Controller()
class Lifecycle {
  @WebSocket('/moments', { on: 'open' })
  async opened(_event: unknown, context: WebSocketContext) {
    await wait(10);
    context.ws.send('opened');
  }
  @WebSocket('/moments')
  message(message: unknown) {
    return message;
  }
  @WebSocket('/moments', { on: 'close' })
  closed({ code, reason, wasClean }: CloseEvent, context: WebSocketContext) {
    context.ws.send('to nobody');
    note('moments', [code, reason, wasClean, context.ws.closed, context.signal.aborted]);
  }
  @WebSocket('/moments', { on: 'error' })
  async failed(error: Error) {
    await wait(5);
    note('errors', error.message);
    throw new Error('even this does not crash');
  }

  @WebSocket('/open-throws', { on: 'open' })
  openThrows() {
    throw new Error('secret');
  }
  @WebSocket('/open-throws')
  afterFailedOpen(message: unknown) {
    note('open-throws', message);
  }

  @WebSocket('/open-denies', { on: 'open' })
  async openDenies(_event: unknown, context: WebSocketContext) {
    await wait(10);
    context.ws.close(4401, 'no');
  }
  @WebSocket('/open-denies')
  afterDenial(message: unknown) {
    note('open-denies', message);
  }

  @WebSocket('/slow-open', { on: 'open' })
  async slowOpen() {
    await gate;
    note('slow-open', 'opened');
  }
  @WebSocket('/slow-open', { on: 'close' })
  slowOpenClosed() {
    note('slow-open', 'closed');
  }

  @WebSocket('/gated')
  async gated(message: unknown) {
    note('gated', 'started');
    await gate;
    note('gated', 'finished');
    return message;
  }

  @WebSocket('/pings', { heartbeatMs: 30 })
  pings(message: unknown) {
    return message;
  }

  @WebSocket('/bad-codes')
  badCodes(_message: unknown, { ws }: WebSocketContext) {
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5, Number.NaN]) {
      assert.throws(() => ws.close(code), RangeError);
    }
    assert.throws(() => ws.close(1000, 'é'.repeat(62)), RangeError);
    ws.close(1000, 'fine');
    ws.close();
    ws.send('after close');
    ws.ping();
  }

  @WebSocket('/flood', { on: 'open' })
  async flood(_event: unknown, { ws, signal }: WebSocketContext) {
    const timer = setInterval(() => ws.send('x'.repeat(65_536)), 1);
    signal.addEventListener('abort', () => clearInterval(timer));
  }

  @WebSocket('/large')
  large(_message: unknown, { ws }: WebSocketContext) {
    ws.send('x'.repeat(8 << 20));
  }

  @WebSocket('/room', { on: 'open' })
  async enter(_event: unknown, { ws }: WebSocketContext) {
    await ws.join('room');
  }
  @WebSocket('/room', { type: 'leave' })
  leave(_message: unknown, { ws }: WebSocketContext) {
    ws.leave('room');
    return { left: true };
  }
  @WebSocket('/room', { type: 'broken' })
  async broken(_message: unknown, { ws }: WebSocketContext) {
    await ws.to('room').send(1n);
  }
  @WebSocket('/room')
  async say(message: unknown, { ws }: WebSocketContext) {
    await ws.to('room').send(message);
  }

  @WebSocket('/emitter', { on: 'open' })
  emitter(_event: unknown, { ws }: WebSocketContext) {
    for (const type of ['open', 'message', 'close', 'error']) {
      ws.on(type, (event: { type: string; data?: unknown; code?: number; ctx: { ctxId: string } }) => {
        note('emitter', [event.type, event.data ?? event.code, event.ctx.ctxId.length > 0]);
        if (type === 'close' || type === 'error') throw new Error('a listener’s own fault');
      });
    }
  }
}

describe('the life of a WebSocket', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Lifecycle, PerConnection], maxBufferedBytes: 262_144, currentContext: true });
  });
  after(() => served.close());
  const open = (path: string) => Client.open(`${served.url}${path}`);
  const idle = () => until(() => served.app.requestsInFlight.length === 0);
  const stillServes = async () => {
    const client = await open('/moments');
    assert.equal(await client.frame(), 'opened');
    await client.close();
    await idle();
  };

  it('holds messages until open has ended, and tells how it closed', async () => {
    seen['moments'] = [];
    const client = await open('/moments');
    client.send({ early: true });
    assert.equal(await client.frame(), 'opened');
    assert.deepEqual(await client.json(), { early: true });
    client.socket.close(4000, 'bye');
    assert.deepEqual(await client.closed, { code: 4000, reason: 'bye' });
    const cut = await open('/moments');
    cut.socket.terminate();
    await until(() => seen['moments']?.length === 2);
    assert.deepEqual(seen['moments'], [
      [4000, 'bye', true, true, true],
      [1006, '', false, true, true],
    ]);
    await idle();
  });

  it('closes with 1011 where open throws, and no message is handled then', async () => {
    const raw = new RawSocket(
      served.port,
      Buffer.concat([Buffer.from(upgradeBytes('/open-throws')), ...Array.from({ length: 40 }, () => frame(1, '{}'))]),
    );
    await until(() => closeCodeIn(raw.bytes) !== undefined);
    const { bytes } = raw;
    raw.socket.destroy();
    assert.ok(bytes.includes('"code":"INTERNAL"'));
    assert.ok(!bytes.includes('secret'));
    assert.equal(closeCodeIn(bytes), 1011);
    assert.equal(seen['open-throws'], undefined);
    await stillServes();
  });

  it('handles no message after open has closed it', async () => {
    const client = await open('/open-denies');
    for (let index = 0; index < 40; index += 1) client.send({ index });
    assert.deepEqual(await client.closed, { code: 4401, reason: 'no' });
    await idle();
    assert.equal(seen['open-denies'], undefined);
  });

  it('that ends during open lets open end first', async () => {
    shut();
    const client = await open('/slow-open');
    await client.close();
    releaseGate();
    await idle();
    assert.deepEqual(seen['slow-open'], ['opened', 'closed']);
  });

  it('refuses close codes that may not be sent, and lets send after close be nothing', async () => {
    const client = await open('/bad-codes');
    client.send({});
    assert.deepEqual(await client.closed, { code: 1000, reason: 'fine' });
    await idle();
  });

  it('pings, and cuts a peer that does not answer', async () => {
    const client = await open('/pings');
    await until(() => client.pings > 2);
    await client.close();
    const silent = new RawSocket(served.port, upgradeBytes('/pings'));
    await silent.has('\x89');
    await until(() => silent.closed);
    await idle();
  });

  it('does not take a slow handler for a silent peer', async () => {
    const client = await open('/pings');
    for (let round = 0; round < 5; round += 1) {
      client.send({ round });
      assert.deepEqual(await client.json(), { round });
      await wait(30);
    }
    await client.close();
    await idle();
  });

  it('closes a client that does not read with 1013', async () => {
    const client = await open('/flood');
    client.socket.pause();
    await until(() => served.lines.some(({ msg }) => msg.includes('its client does not read')));
    client.socket.resume();
    assert.deepEqual(await client.closed, { code: 1013, reason: 'the client does not read' });
    await idle();
  });

  it('sends one message that is larger than what may wait', async () => {
    const client = await open('/large');
    client.send({});
    assert.equal((await client.frame()).length, 8 << 20);
    await client.close();
  });

  it('speaks to all who have joined a channel, until they leave', async () => {
    const [one, two] = [await open('/room'), await open('/room')];
    one.send({ text: 'hello' });
    assert.deepEqual([await one.json(), await two.json()], [{ text: 'hello' }, { text: 'hello' }]);
    two.send({ type: 'leave' });
    assert.deepEqual(await two.json(), { left: true });
    one.send({ text: 'still here?' });
    assert.deepEqual(await one.json(), { text: 'still here?' });
    two.send({ type: 'leave', id: 1 });
    assert.deepEqual(await two.json(), { id: 1, result: { left: true } });
    await Promise.all([one.close(), two.close()]);
    await idle();
  });

  it('survives a channel’s message that cannot be sent', async () => {
    const client = await open('/room');
    client.send({ type: 'broken' });
    client.send({ text: 'after' });
    assert.deepEqual(await client.json(), { text: 'after' });
    assert.ok(served.lines.some(({ msg }) => msg.includes('channel’s message could not be sent')));
    await client.close();
    await idle();
  });

  it('has a controller of its own where that injects the context, disposed at its end', async () => {
    const [one, two] = [await open('/own/1'), await open('/own/2')];
    one.send({});
    one.send({});
    two.send({});
    assert.deepEqual(
      [await one.json(), await one.json(), await two.json()],
      [
        { count: 1, room: '1' },
        { count: 2, room: '1' },
        { count: 1, room: '2' },
      ],
    );
    await Promise.all([one.close(), two.close()]);
    await until(() => seen['own']?.length === 4);
    assert.deepEqual(seen['own'], ['open 1', 'open 2', 'disposed', 'disposed']);
  });

  it('emits the events of a plain function, and a listener’s fault harms nobody', async () => {
    const client = await open('/emitter');
    client.send('text');
    client.send(Buffer.from([1]));
    await until(() => seen['emitter']?.length === 3);
    client.socket.close(4001);
    await idle();
    const broken = await raw('/emitter', frame(3, 'x'));
    assert.equal(broken, 1002);
    await idle();
    assert.deepEqual(seen['emitter'], [
      ['open', undefined, true],
      ['message', 'text', true],
      ['message', Buffer.from([1]), true],
      ['close', 4001, true],
      ['open', undefined, true],
      ['error', undefined, true],
      ['close', 1006, true],
    ]);
    await stillServes();
  });

  const raw = async (path: string, bytes: Buffer): Promise<number | undefined> => {
    const socket = new RawSocket(served.port, upgradeBytes(path));
    await socket.has('\r\n\r\n');
    socket.socket.write(bytes);
    return closeCodeIn(await socket.whole());
  };
  const faults: [string, Buffer, number][] = [
    ['an unmasked frame', frame(1, 'x', { masked: false }), 1002],
    ['RSV1 without an extension', frame(1, 'x', { rsv: 4 }), 1002],
    ['RSV2', frame(1, 'x', { rsv: 2 }), 1002],
    ['opcode 3', frame(3, 'x'), 1002],
    ['a continuation of nothing', frame(0, 'x'), 1002],
    ['a fragmented ping', frame(9, 'x', { fin: false }), 1002],
    ['a ping of 126 bytes', frame(9, 'x'.repeat(126)), 1002],
    ['close code 1005', frame(8, Buffer.from([0x03, 0xed])), 1002],
    ['a close of one byte', frame(8, Buffer.from([0x03])), 1002],
    ['bad UTF-8 in text', frame(1, Buffer.from([0xff, 0xfe])), 1007],
    ['bad UTF-8 in a close reason', frame(8, Buffer.from([0x03, 0xe8, 0xff])), 1007],
  ];
  for (const [what, bytes, code] of faults) {
    it(`ends with ${code} after ${what}, which the error handler hears of`, async () => {
      seen['errors'] = [];
      assert.equal(await raw('/moments', bytes), code);
      await idle();
      assert.equal(seen['errors'].length, 1);
      await stillServes();
    });
  }
});

describe('a WebSocket that the server ends', () => {
  const started = async (options: object) => {
    seen['gated'] = [];
    shut();
    const served = await serve({ controllers: [Lifecycle, PerConnection], shutdownMs: 30_000, ...options });
    const client = await Client.open(`${served.url}/gated`);
    client.send({ id: 1 });
    await until(() => seen['gated']?.length === 1);
    return { served, client };
  };

  for (const [platform, code] of [
    ['scf', 1011],
    ['local', 1012],
  ] as const) {
    it(`closes with ${code} on ${platform} after its handlers have finished`, async () => {
      const { served, client } = await started({ platform });
      const closing = served.app.close();
      await wait(20);
      assert.equal(client.socket.readyState, client.socket.OPEN);
      releaseGate();
      assert.deepEqual(await client.json(), { id: 1, result: { id: 1 } });
      assert.equal((await client.closed).code, code);
      assert.deepEqual(await closing, { cut: 0 });
      assert.deepEqual(seen['gated'], ['started', 'finished']);
    });
  }

  it('closes before the deadline, after its handlers have finished', async () => {
    const { served, client } = await started({ executionTimeoutMs: 300 });
    setTimeout(() => releaseGate(), 400);
    assert.deepEqual(await client.json(), { id: 1, result: { id: 1 } });
    assert.deepEqual(await client.closed, { code: 1012, reason: 'the time is up: reconnect' });
    await served.close();
  });

  it('refuses an upgrade that was still in the handler when the server went down', async () => {
    let asked = false;
    shut();
    const use = [
      async (_context: unknown, next: () => Promise<unknown>) => {
        asked = true;
        await gate;
        return next();
      },
    ];
    const served = await serve({ controllers: [Lifecycle, PerConnection], shutdownMs: 30_000, use });
    const socket = new RawSocket(served.port, upgradeBytes('/moments'));
    await until(() => asked);
    const closing = served.app.close();
    releaseGate();
    assert.match((await socket.whole()).toString(), /^HTTP\/1.1 503 /);
    assert.deepEqual(await closing, { cut: 0 });
  });
});
