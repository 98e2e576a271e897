import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { IsInt, IsString, Length } from 'class-validator';
import { Controller } from '#src/decorators/controller.js';
import { FromCookie, FromHeader, FromQuery } from '#src/decorators/from.js';
import type { UpgradeHandler } from '#src/decorators/handler-type.js';
import { Http } from '#src/decorators/http.js';
import { Use } from '#src/decorators/use.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import type { HttpContext } from '#src/context/http-context.js';
import { UpgradeContext } from '#src/context/upgrade-context.js';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { HttpError } from '#src/errors/http-error.js';
import { redirect } from '#src/server/result.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';
import { Client, frame, RawSocket, refusalOf, upgradeBytes } from './web-socket-client.js';

class Join {
  @IsInt() room!: number;
  @FromQuery() @IsString() @Length(3, 9) ticket!: string;
  @FromHeader('x-app') @IsString() app!: string;
  @FromCookie() @IsInt() visit!: number;
}

const never = new Promise<never>(() => undefined);
const state = (context: HttpContext) => context.state as { user?: string };
const signals: AbortSignal[] = [];

const guard = async (context: HttpContext, next: () => Promise<unknown>) => {
  if (context.query['user'] === undefined) throw HttpError.unauthorized('who is it?');
  state(context).user = String(context.query['user']);
  return next();
};

/** Each form of an upgrade handler's answer. */
const ANSWERS: Record<string, () => unknown> = {
  nothing: () => undefined,
  true: () => true,
  promise: async () => true,
  allow: () => ({ allowWebSocket: true }),
  false: () => false,
  deny: () => ({ allowWebSocket: false }),
  denyWith: () => ({ allowWebSocket: false, statusCode: 402, body: '{"pay":1}', contentType: 'application/json' }),
  empty: () => ({}),
  null: () => null,
  text: () => 'yes',
  error: () => HttpError.notFound('no such room'),
  throws: () => {
    throw new HttpError(429, 'slowly', { headers: { 'Retry-After': '5' } });
  },
  crash: () => {
    throw new Error('secret');
  },
  redirect: () => redirect('https://elsewhere.example/'),
  badStatus: () => ({ allowWebSocket: false, statusCode: 101 }),
};

@Controller('/ws')
class Upgrades {
  @WebSocket('/room/:room', { on: 'upgrade' })
  join({ room }: Join, context: UpgradeContext) {
    assert.equal(context.eventType, 'websocket.upgrade');
    return room !== 13;
  }
  @WebSocket('/room/:room')
  said(_message: unknown, context: WebSocketContext) {
    return { room: context.params['room'], ticket: context.query['ticket'], type: context.eventType };
  }

  @WebSocket('/answer/:form', { on: 'upgrade' })
  answer(_event: unknown, context: UpgradeContext): ReturnType<UpgradeHandler> {
    // What the types refuse is tested too: JavaScript has none.
    return ANSWERS[context.params['form'] ?? '']?.() as ReturnType<UpgradeHandler>;
  }

  @Use(guard)
  @WebSocket('/guarded', { on: 'upgrade' })
  guarded(_event: unknown, context: UpgradeContext) {
    context.response.setCookie('session', 's').setHeader('X-Own', 'yes').setHeader('Connection', 'close');
  }
  @WebSocket('/guarded')
  whoami(_message: unknown, context: WebSocketContext) {
    return state(context);
  }

  @Use(() => ({ statusCode: 418, headers: { 'X-Tea': 'yes' }, body: 'short and stout' }))
  @WebSocket('/answered')
  answered() {
    return 'never';
  }

  @WebSocket('/bad-header', { on: 'upgrade' })
  badHeader(_event: unknown, context: UpgradeContext) {
    context.response.setHeader('X-Bad', 'a\nb');
  }

  @WebSocket('/sse', { on: 'upgrade' })
  sse(_event: unknown, context: UpgradeContext) {
    context.sse();
  }

  @WebSocket('/slow', { on: 'upgrade', timeoutMs: 30 })
  slow(_event: unknown, context: UpgradeContext) {
    signals.push(context.signal);
    return never;
  }

  @WebSocket('/slow-guard', { on: 'upgrade', timeoutMs: 30, use: [() => never] })
  slowGuard() {
    return true;
  }

  @WebSocket('/patient', { on: 'upgrade', timeoutMs: 0 })
  async patient(_event: unknown, context: UpgradeContext) {
    signals.push(context.signal);
    await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
    return true;
  }

  @WebSocket('/spoken', { protocols: ['v2', 'v1'], origins: ['https://friend.example'] })
  spoken(_message: unknown, context: WebSocketContext) {
    return { protocol: context.ws.protocol };
  }

  @WebSocket('/deflated', { compress: true })
  deflated(message: unknown) {
    return message;
  }

  @Http('GET', '/plain')
  plain() {
    return 'plain';
  }
}

describe('a WebSocket upgrade', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Upgrades] });
  });
  after(() => served.close());
  const at = (path: string) => `${served.url}/ws${path}`;
  const raw = (path: string, own?: Record<string, string | undefined>, method?: string) =>
    new RawSocket(served.port, upgradeBytes(`/ws${path}`, own, method));
  const statusOf = async (socket: RawSocket) => Number((await socket.whole()).toString().slice(9, 12));
  const idle = () => until(() => served.app.requestsInFlight.length === 0);
  const stillServes = async () => {
    const client = await Client.open(at('/answer/true'));
    await client.close();
    assert.equal(await (await fetch(at('/plain'))).text(), 'plain');
    await idle();
  };
  const visitor = { headers: { 'X-App': 'web', Cookie: 'visit=1' } };

  it('is routed with parameters and query', async () => {
    const client = await Client.open(at('/room/7?ticket=abc'), visitor);
    client.send({ any: 1 });
    assert.deepEqual(await client.json(), { room: '7', ticket: 'abc', type: 'websocket.connection' });
    await client.close();
  });

  it('is validated before 101: path, query, header and cookie', async () => {
    const cases: [string, Record<string, string>, string][] = [
      ['/room/x?ticket=abc', visitor.headers, 'path'],
      ['/room/7?ticket=ab', visitor.headers, 'query'],
      ['/room/7?ticket=abc', { Cookie: 'visit=1' }, 'header'],
      ['/room/7?ticket=abc', { 'X-App': 'web', Cookie: 'visit=x' }, 'cookie'],
    ];
    for (const [path, headers, source] of cases) {
      const { status, text } = await refusalOf(at(path), { headers });
      const { code, errors } = JSON.parse(text) as { code: string; errors: { in: string }[] };
      assert.deepEqual([status, code, errors[0]?.in], [400, 'VALIDATION_FAILED', source]);
    }
    assert.equal((await refusalOf(at('/room/13?ticket=abc'), visitor)).status, 403);
  });

  for (const form of ['nothing', 'true', 'promise', 'allow']) {
    it(`is accepted by an answer of the form ${form}`, async () => {
      const client = await Client.open(at(`/answer/${form}`));
      await client.close();
    });
  }

  const refusals: [string, number, unknown][] = [
    ['false', 403, 'FORBIDDEN'],
    ['deny', 403, undefined],
    ['denyWith', 402, undefined],
    ['empty', 403, undefined],
    ['null', 500, 'INTERNAL'],
    ['text', 500, 'INTERNAL'],
    ['error', 404, 'NOT_FOUND'],
    ['throws', 429, 'TOO_MANY_REQUESTS'],
    ['crash', 500, 'INTERNAL'],
    ['redirect', 302, undefined],
    ['badStatus', 500, 'INTERNAL'],
  ];
  for (const [form, status, code] of refusals) {
    it(`is refused with ${status} by an answer of the form ${form}`, async () => {
      const refusal = await refusalOf(at(`/answer/${form}`));
      assert.deepEqual([refusal.status, refusal.code], [status, code]);
      assert.doesNotMatch(refusal.text, /secret/);
      await stillServes();
    });
  }

  it('is refused in the words of the handler', async () => {
    const paid = await refusalOf(at('/answer/denyWith'));
    assert.deepEqual([paid.text, paid.headers['content-type']], ['{"pay":1}', 'application/json']);
    assert.equal((await refusalOf(at('/answer/throws'))).headers['retry-after'], '5');
    assert.equal((await refusalOf(at('/answer/redirect'))).headers.location, 'https://elsewhere.example/');
  });

  it('runs middleware, which may refuse, answer by itself, and leave state for every message', async () => {
    assert.equal((await refusalOf(at('/guarded'))).status, 401);
    const answered = await refusalOf(at('/answered'));
    assert.deepEqual([answered.status, answered.text, answered.headers['x-tea']], [418, 'short and stout', 'yes']);
    const client = await Client.open(at('/guarded?user=eve'));
    client.send({});
    assert.deepEqual(await client.json(), { user: 'eve' });
    await client.close();
  });

  it('answers 101 with the cookies and headers that the handler set', async () => {
    const socket = raw('/guarded?user=eve');
    await socket.has('\r\n\r\n');
    const head = socket.bytes.toString();
    assert.match(head, /^HTTP\/1.1 101 /);
    assert.match(head, /\r\nSet-Cookie: session=s; Path=\/\r\n/);
    assert.match(head, /\r\nX-Own: yes\r\n/);
    assert.doesNotMatch(head, /close/);
    socket.socket.destroy();
    assert.equal((await refusalOf(at('/bad-header'))).status, 500);
    assert.equal((await refusalOf(at('/sse'))).status, 500);
    await stillServes();
  });

  it('is refused before 101 where it is no proper handshake', async () => {
    const key = 'Sec-WebSocket-Key';
    const cases: [RawSocket, number][] = [
      [raw('/nowhere'), 404],
      [raw('/plain'), 404],
      [raw('/answer/true', {}, 'POST'), 405],
      [raw('/answer/true', { 'Content-Length': '4' }, 'POST'), 405],
      [raw('/answer/true', { 'Sec-WebSocket-Version': '7' }), 426],
      [raw('/answer/true', { [key]: undefined }), 400],
      [raw('/answer/true', { [key]: 'short' }), 400],
      [raw('/answer/true', { Upgrade: 'h2c' }), 426],
      [raw('/plain', { Upgrade: 'h2c' }), 200],
      [raw('/answer/%ff'), 400],
      [raw('/answer/true', { 'Sec-WebSocket-Protocol': 'a,a' }), 400],
      [raw('/answer/true', { 'Sec-WebSocket-Protocol': 'a,,b' }), 400],
      [raw('/deflated', { 'Sec-WebSocket-Extensions': 'permessage-deflate; server_max_window_bits=99' }), 400],
      [raw('/deflated', { 'Sec-WebSocket-Extensions': ';;;' }), 400],
    ];
    for (const [index, [socket, status]] of cases.entries())
      assert.equal(await statusOf(socket), status, `case ${index}`);
    await stillServes();
  });

  it('tells the version it speaks, and a plain GET that the path speaks WebSocket', async () => {
    const refusal = await raw('/answer/true', { 'Sec-WebSocket-Version': '7' }).whole();
    assert.match(refusal.toString(), /\r\nSec-WebSocket-Version: 13\r\n/);
    assert.equal((await fetch(at('/answer/true'))).status, 426);
  });

  it('from another origin needs to be listed where it carries cookies', async () => {
    const from = (origin: string, cookie?: string) => ({
      headers: { Origin: origin, ...(cookie === undefined ? {} : { Cookie: cookie }) },
    });
    const refusal = await refusalOf(at('/spoken'), from('https://evil.example', 'a=1'));
    assert.deepEqual([refusal.status, refusal.code], [403, 'ORIGIN_REFUSED']);
    assert.equal(
      (await refusalOf(at('/spoken'), from('https://evil.example'))).code,
      'ORIGIN_REFUSED',
      'a local server',
    );
    for (const options of [
      from('https://friend.example', 'a=1'),
      { headers: { Origin: 'https://evil.example', Host: 'app.example' } },
      from(served.url, 'a=1'),
    ]) {
      const client = await Client.open(at('/spoken'), options);
      await client.close();
    }
  });

  it('agrees on the subprotocol that the server likes best, or on none', async () => {
    for (const [offered, agreed] of [
      [['v1', 'v2'], 'v2'],
      [['v1'], 'v1'],
      [[], ''],
    ] as const) {
      const client = await Client.open(at('/spoken'), {}, [...offered]);
      client.send({});
      assert.deepEqual(await client.json(), { protocol: agreed });
      assert.equal(client.socket.protocol, agreed);
      await client.close();
    }
  });

  it('is answered 504 when handler or middleware take too long, and the signal is aborted', async () => {
    assert.equal((await refusalOf(at('/slow'))).status, 504);
    assert.equal(signals.at(-1)?.aborted, true);
    assert.equal((await refusalOf(at('/slow-guard'))).status, 504);
    await stillServes();
  });

  it('is forgotten when the client leaves while the handler thinks, by reset or by the end of its side', async () => {
    for (const leave of [
      (socket: RawSocket) => socket.socket.resetAndDestroy(),
      (socket: RawSocket) => socket.socket.end(),
    ]) {
      const count = signals.length;
      const socket = raw('/patient');
      await until(() => signals.length > count);
      leave(socket);
      await until(() => signals.at(-1)?.aborted === true);
      await idle();
    }
    await stillServes();
  });

  it('closes the connection of a refused client that neither reads nor ends its side', async () => {
    const socket = new RawSocket(
      served.port,
      Buffer.concat([Buffer.from(upgradeBytes('/nowhere')), frame(1, 'early')]),
    );
    await until(() => socket.closed);
    // The client's side stays open: the server must not wait for it for ever.
    await until(() => {
      socket.socket.write('x');
      return socket.socket.destroyed;
    });
    await stillServes();
  });

  it('loses no message that comes in one piece with the handshake', async () => {
    const socket = new RawSocket(
      served.port,
      Buffer.concat([Buffer.from(upgradeBytes('/ws/guarded?user=eve')), frame(1, '{"id":1}')]),
    );
    await socket.has('{"id":1,"result":{"user":"eve"}}');
    socket.socket.destroy();
    await idle();
  });
});
