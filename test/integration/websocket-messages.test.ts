import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { IsString, MaxLength } from 'class-validator';
import { Controller } from '#src/decorators/controller.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { HttpError } from '#src/errors/http-error.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';
import { Client, closeCodeIn, frame, RawSocket, upgradeBytes } from './web-socket-client.js';

class Say {
  @IsString() @MaxLength(5) text!: string;
}

const never = new Promise<never>(() => undefined);
const handled: unknown[] = [];
let gate: Promise<unknown> = Promise.resolve();

@Controller()
class Messages {
  @WebSocket('/typed', { type: 'say' })
  say({ text }: Say) {
    return { said: text };
  }
  @WebSocket('/typed', { type: 'fail' })
  fail(message: { how: string }) {
    if (message.how === 'null') throw null;
    if (message.how === 'return') return new HttpError(409, 'returned');
    if (message.how === 'bigint') return 1n;
    if (message.how === 'reject') return Promise.reject(new Error('secret'));
    throw new HttpError(402, 'pay', { code: 'PAY' });
  }
  @WebSocket('/typed', { type: 'slow', timeoutMs: 20 })
  slow() {
    return never;
  }
  @WebSocket('/typed', { type: 'nothing' })
  nothing() {
    return undefined;
  }

  @WebSocket('/any')
  any(message: unknown) {
    return message;
  }
  @WebSocket('/text')
  text(message: string) {
    return `heard ${message}`;
  }
  @WebSocket('/bytes')
  bytes(message: Buffer) {
    return Buffer.from(message).reverse();
  }

  @WebSocket('/mixed')
  mixedJson(message: Say) {
    return { json: message.text };
  }
  @WebSocket('/mixed')
  mixedBytes(message: Buffer) {
    return { bytes: message.length };
  }

  @WebSocket('/ordered')
  async ordered(message: { wait: number }) {
    await wait(message.wait);
    handled.push(message.wait);
    return message.wait;
  }

  @WebSocket('/flood')
  async flood(message: { index: number }) {
    await gate;
    handled.push(message.index);
  }

  @WebSocket('/small', { maxMessageBytes: 100 })
  small(message: unknown) {
    return message;
  }

  @WebSocket('/deflated', { compress: true })
  deflated(message: unknown) {
    return message;
  }

  @WebSocket('/views')
  views(_message: unknown, { ws }: WebSocketContext) {
    ws.send(new Uint8Array([1]));
    ws.send(new Uint8Array([2]).buffer);
    ws.send(new Uint16Array([3]));
    ws.send('text');
    ws.send(undefined);
    return null;
  }
}

describe('WebSocket messages', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Messages], maxJsonDepth: 8 });
  });
  after(() => served.close());
  const open = (path: string) => Client.open(`${served.url}${path}`);

  it('reach the handler of their type, validated, and are answered by id', async () => {
    const client = await open('/typed');
    client.send({ type: 'say', text: 'hi' });
    assert.deepEqual(await client.json(), { said: 'hi' });
    client.send({ type: 'say', id: 7, text: 'yes' });
    assert.deepEqual(await client.json(), { id: 7, result: { said: 'yes' } });
    client.send({ type: 'nothing' });
    client.send({ type: 'nothing', id: 'x' });
    assert.deepEqual(await client.json(), { id: 'x', result: null });
    await client.close();
  });

  it('that cannot be handled are answered by a problem with their id, and the connection lives on', async () => {
    const client = await open('/typed');
    const cases: [unknown, string, number, unknown][] = [
      ['{not json', 'MALFORMED_JSON', 400, undefined],
      ['', 'MALFORMED_JSON', 400, undefined],
      ['['.repeat(100), 'JSON_TOO_DEEP', 400, undefined],
      [{ type: 'say', id: 1, text: 'far too long' }, 'VALIDATION_FAILED', 400, 1],
      [{ type: 'say', id: 2 }, 'VALIDATION_FAILED', 400, 2],
      [{ type: 'other', id: 3 }, 'UNKNOWN_MESSAGE', 400, 3],
      [{ type: '__proto__', id: 4 }, 'UNKNOWN_MESSAGE', 400, 4],
      [{ id: 5 }, 'UNKNOWN_MESSAGE', 400, 5],
      [[1], 'UNKNOWN_MESSAGE', 400, undefined],
      ['null', 'UNKNOWN_MESSAGE', 400, undefined],
      [{ type: 'fail', id: 6 }, 'PAY', 402, 6],
      [{ type: 'fail', id: 7, how: 'null' }, 'INTERNAL', 500, 7],
      [{ type: 'fail', id: 8, how: 'return' }, 'CONFLICT', 409, 8],
      [{ type: 'fail', id: 9, how: 'bigint' }, 'INTERNAL', 500, 9],
      [{ type: 'fail', id: 10, how: 'reject' }, 'INTERNAL', 500, 10],
      [{ type: 'slow', id: 11 }, 'HANDLER_TIMEOUT', 504, 11],
      [Buffer.from([1, 2]), 'UNSUPPORTED_FRAME', 400, undefined],
      [{ type: 'fail', id: { not: 'an id' } }, 'PAY', 402, undefined],
    ];
    for (const [message, code, status, id] of cases) {
      client.send(message);
      const problem = await client.problem();
      assert.deepEqual([message, problem.code, problem.status, problem.id], [message, code, status, id]);
    }
    client.send({ type: 'say', text: 'alive' });
    assert.deepEqual(await client.json(), { said: 'alive' });
    await client.close();
  });

  it('say which rule failed, in the message', async () => {
    const client = await open('/typed');
    client.send({ type: 'say', text: 'far too long' });
    const { errors } = await client.problem();
    const [{ in: source, path, rule } = {} as Record<string, unknown>] = errors as Record<string, unknown>[];
    assert.deepEqual([source, path, rule], ['message', 'text', 'maxLength']);
    await client.close();
  });

  it('are given as any JSON value, as text, or as bytes, and so are the answers', async () => {
    const any = await open('/any');
    for (const value of [1, 'text', null, [1, { a: 2 }], { a: null }]) {
      any.send(JSON.stringify(value));
      const answer = await any.frame();
      assert.deepEqual(value === 'text' ? answer : JSON.parse(String(answer)), value);
    }
    const text = await open('/text');
    text.send('{"id":1}');
    assert.equal(await text.frame(), 'heard {"id":1}');
    const bytes = await open('/bytes');
    bytes.send(Buffer.from([1, 2, 3]));
    assert.deepEqual(await bytes.frame(), Buffer.from([3, 2, 1]));
    const mixed = await open('/mixed');
    mixed.send({ text: 'a' });
    mixed.send(Buffer.alloc(9));
    assert.deepEqual([await mixed.json(), await mixed.json()], [{ json: 'a' }, { bytes: 9 }]);
    await Promise.all([any, text, bytes, mixed].map((client) => client.close()));
  });

  it('of the server are bytes for every kind of bytes', async () => {
    const client = await open('/views');
    client.send({});
    const frames = [];
    while (frames.length < 6) frames.push(await client.frame());
    assert.deepEqual(frames, [Buffer.from([1]), Buffer.from([2]), Buffer.from([3, 0]), 'text', 'null', 'null']);
    await client.close();
  });

  it('are handled in order, however long each takes', async () => {
    handled.length = 0;
    const client = await open('/ordered');
    for (const ms of [20, 1, 10, 0]) client.send({ wait: ms });
    for (const ms of [20, 1, 10, 0]) assert.equal(await client.frame(), String(ms));
    assert.deepEqual(handled, [20, 1, 10, 0]);
    await client.close();
  });

  it('wait in the client while a handler is slow, and none is lost', async () => {
    handled.length = 0;
    let proceed = () => undefined as void;
    gate = new Promise<void>((resolve) => (proceed = resolve));
    const client = await open('/flood');
    const count = 3000;
    const filler = 'x'.repeat(10_000);
    for (let index = 0; index < count; index += 1) client.send({ index, filler });
    let left = -1;
    while (left !== client.socket.bufferedAmount) {
      left = client.socket.bufferedAmount;
      await wait(50);
    }
    assert.ok(left > 10 << 20, `the client has only ${left} bytes left to send`);
    proceed();
    await until(() => handled.length === count);
    assert.deepEqual(
      handled,
      Array.from({ length: count }, (_, index) => index),
    );
    await client.close();
  });

  it('that came before the client closed are still handled', async () => {
    handled.length = 0;
    const client = await open('/ordered');
    for (const ms of [15, 5, 1]) client.send({ wait: ms });
    await client.close();
    await until(() => handled.length === 3);
    assert.deepEqual(handled, [15, 5, 1]);
  });

  it('of too many bytes close the connection with 1009, before they are read', async () => {
    const small = await open('/small');
    small.send('x'.repeat(101));
    assert.equal((await small.closed).code, 1009);
    // A frame that only claims to be large: nothing is allocated for it.
    const claim = Buffer.concat([Buffer.from([0x81, 0xff]), Buffer.from('7fffffffffffffff', 'hex'), Buffer.alloc(4)]);
    const raw = new RawSocket(served.port, Buffer.concat([Buffer.from(upgradeBytes('/small')), claim]));
    await raw.whole();
    const deflated = await open('/deflated');
    deflated.send(JSON.stringify('x'.repeat(1 << 20)));
    assert.equal((await deflated.closed).code, 1009);
  });

  it('of very many tiny fragments close the connection with 1008', async () => {
    const fragments = Array.from({ length: 20_000 }, (_, index) => frame(index === 0 ? 1 : 0, '', { fin: false }));
    const raw = new RawSocket(served.port, upgradeBytes('/any'));
    await raw.has('\r\n\r\n');
    raw.socket.write(Buffer.concat(fragments));
    assert.equal(closeCodeIn(await raw.whole()), 1008);
  });

  it('are compressed where the path says so and the client can', async () => {
    const client = await open('/deflated');
    assert.match(client.socket.extensions, /permessage-deflate/);
    client.send(JSON.stringify('x'.repeat(5000)));
    assert.equal(await client.frame(), 'x'.repeat(5000));
    await client.close();
    const plain = await open('/any');
    assert.equal(plain.socket.extensions, '');
    await plain.close();
  });
});
