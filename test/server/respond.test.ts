import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { open } from 'node:fs/promises';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, beforeEach, describe, it } from 'node:test';

import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { HttpError } from '#src/errors/http-error.js';
import { Exchange } from '#src/server/exchange.js';
import { respond } from '#src/server/respond.js';
import { file } from '#src/server/result.js';
import { head, RawClient } from '../integration/http-raw-client.js';
import { serve, type Served } from '../serve.js';
import { silent } from '../silent-log.js';
import { until } from '../until.js';
import { serviceOf } from './service-of.js';

const folder = mkdtempSync(join(tmpdir(), 'yunction-respond-'));
const page = join(folder, 'page.html');
writeFileSync(page, '<p>');

let destroyed = 0;
let upstream = '';

function source(): Readable {
  const body = Readable.from(['a']);
  body.on('close', () => (destroyed += 1));
  return body;
}

class Money {
  constructor(readonly cents: number) {}
  toJSON() {
    return this.cents / 100;
  }
}

/** Results by name, where another test has not told of them yet. */
const RESULTS: Record<string, (context: HttpContext) => unknown> = {
  function: () => () => 'x',
  symbol: () => Symbol('x'),
  cycle: () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    return cycle;
  },
  'bigint-inside': () => ({ count: 1n }),
  money: () => new Money(150),
  'null-prototype': () => Object.assign(Object.create(null) as object, { a: 1 }),
  'array-of-results': () => [{ statusCode: 500, headers: {} }],
  'nested-array': () => [[], {}, [null, undefined]],
  'data-view': () => new DataView(Uint8Array.from([65, 66, 67]).buffer, 1, 1),
  map: () => new Map([['a', 1]]),
  'headers-array': () => ({ statusCode: 201, headers: ['x'] }),
  'status-text': () => ({ statusCode: '201', headers: {} }),
  nested: () => ({ statusCode: 201, headers: {}, body: { statusCode: 202, headers: {}, body: 'inner' } }),
  'bad-status': () => ({ statusCode: 99, headers: {}, body: source() }),
  'fraction-status': () => ({ statusCode: 200.5, headers: {}, body: source() }),
  'informational-status': () => ({ statusCode: 101, headers: {}, body: source() }),
  'error-and-head': ({ response }) => {
    response.status = 201;
    return HttpError.conflict();
  },
  'head-and-json': ({ response }) => {
    response.setHeader('X-A', '1');
    return { a: 1 };
  },
  'head-and-nothing': ({ response }) => {
    response.status = 202;
  },
  'head-of-no-content': ({ response }) => {
    response.status = 204;
    return { not: 'sent' };
  },
  'typed-file': ({ response }) => {
    response.setHeader('content-type', 'text/other').setHeader('etag', '"mine"').setHeader('X-A', '1');
    return file(page);
  },
  'file-with-own-status': () => ({ ...file(page), statusCode: 203 }),
  fetched: () => fetch(`${upstream}/hop`),
  'fetched-nothing': () => fetch(`${upstream}/nothing`),
  'own-response': () => new Response('x', { headers: { 'Content-Encoding': 'x-own', Upgrade: 'x' } }),
  'set-cookie-many': () => ({ statusCode: 200, headers: { 'set-cookie': ['a=1', 'b=2'] }, body: '' }),
};

@Controller()
class Results {
  @Http(['GET', 'HEAD', 'POST'], '/r/:name') get(_event: unknown, context: HttpContext): unknown {
    return RESULTS[context.params['name'] ?? '']?.(context);
  }
  @Http('GET', '/created/:name', { status: 201 }) created(_event: unknown, context: HttpContext): unknown {
    return RESULTS[context.params['name'] ?? '']?.(context);
  }
}

after(() => rmSync(folder, { recursive: true }));

describe('respond', () => {
  let served: Served;
  let other: Server;
  before(async () => {
    served = await serve({ controllers: [Results] });
    other = createServer((request, response) => {
      if (request.url === '/nothing') response.writeHead(204, { 'X-Kept': '1' }).end();
      else {
        response.writeHead(200, {
          Connection: 'keep-alive, X-Hop',
          'X-Hop': 'only here',
          'X-Kept': '1',
          Upgrade: 'h2,h2c',
          'Proxy-Connection': 'keep-alive',
          Trailer: 'X-Sum',
          'Transfer-Encoding': 'chunked',
        });
        response.end('from upstream');
      }
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    upstream = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  });
  after(async () => {
    other.closeAllConnections();
    other.close();
    await served.close();
  });
  beforeEach(() => {
    destroyed = 0;
    served.lines.length = 0;
  });

  /** The answer, after which the connection must serve another request. */
  async function get(path: string, method = 'GET') {
    const client = await RawClient.open(served.port);
    const response = await client.write(head(`${method} ${path}`)).response(method);
    assert.ok(response.whole);
    assert.equal((await client.write(head('GET /r/money')).response()).body, '1.5', 'the connection is out of step');
    await client.destroy();
    return response;
  }
  const errors = () => served.lines.filter(({ level }) => level === 'error').map(({ msg }) => msg);

  for (const [name, message] of [
    ['function', /TypeError: a handler returned a function, which is no response/],
    ['symbol', /TypeError: a handler returned a symbol, which is no response/],
    ['cycle', /TypeError: Converting circular structure/],
    ['bigint-inside', /TypeError: .*BigInt/],
    ['bad-status', /RangeError: an integration response has statusCode 99/],
    ['fraction-status', /RangeError: an integration response has statusCode 200.5/],
    ['informational-status', /RangeError: an integration response has statusCode 101/],
  ] as const) {
    it(`answers 500 to what cannot be written, and logs why: ${name}`, async () => {
      assert.equal((await get(`/r/${name}`)).status, 500);
      assert.match(errors()[0] ?? '', message);
      if (name.endsWith('status')) await until(() => destroyed === 1);
    });
  }

  for (const [name, status, body] of [
    ['money', 200, '1.5'],
    ['null-prototype', 200, '{"a":1}'],
    ['array-of-results', 200, '[{"statusCode":500,"headers":{}}]'],
    ['nested-array', 200, '[[],{},[null,null]]'],
    ['data-view', 200, 'B'],
    ['map', 200, '{}'],
    ['headers-array', 200, '{"statusCode":201,"headers":["x"]}'],
    ['status-text', 200, '{"statusCode":"201","headers":{}}'],
    ['nested', 201, '{"statusCode":202,"headers":{},"body":"inner"}'],
  ] as const) {
    it(`takes no inner part for the response, and writes by kind: ${name}`, async () => {
      const got = await get(`/r/${name}`);
      assert.deepEqual([got.status, got.body], [status, body]);
    });
  }

  it('lets the status set beforehand win over the route’s, and the result’s over both', async () => {
    assert.equal((await get('/created/money')).status, 201);
    assert.equal((await get('/created/head-and-json')).status, 201);
    assert.equal((await get('/created/head-and-nothing')).status, 202);
    assert.equal((await get('/created/file-with-own-status')).status, 203);
    assert.equal((await get('/created/error-and-head')).status, 409);
  });

  it('sends nothing with a status that has no body, whatever the result', async () => {
    const got = await get('/r/head-of-no-content');
    assert.deepEqual([got.status, got.headers.has('content-length'), got.body], [204, false, '']);
  });

  it('writes the headers set beforehand beside JSON', async () => {
    const { headers, body } = await get('/r/head-and-json');
    assert.deepEqual(
      [headers.get('x-a'), headers.get('content-type'), body],
      [['1'], ['application/json; charset=utf-8'], '{"a":1}'],
    );
  });

  it('writes cookies of the result as many headers', async () => {
    assert.deepEqual((await get('/r/set-cookie-many')).headers.get('set-cookie'), ['a=1', 'b=2']);
  });

  it('lets a file say what it is, once, and keeps other headers', async () => {
    const { headers, body } = await get('/r/typed-file');
    assert.deepEqual(headers.get('content-type'), ['text/html; charset=utf-8']);
    assert.deepEqual([headers.get('etag')?.length, headers.get('x-a'), body], [1, ['1'], '<p>']);
    assert.notDeepEqual(headers.get('etag'), ['"mine"']);
  });

  it('passes on a fetched response without a body', async () => {
    const { status, headers } = await get('/r/fetched-nothing');
    assert.deepEqual([status, headers.get('x-kept')], [204, ['1']]);
  });

  it('passes on no header that holds for the connection to the other server alone (RFC 9110, section 7.6.1)', async () => {
    const { headers, body } = await get('/r/fetched');
    assert.deepEqual([headers.get('x-kept'), body], [['1'], 'from upstream']);
    for (const name of ['x-hop', 'upgrade', 'proxy-connection', 'trailer'])
      assert.equal(headers.has(name), false, name);
    assert.deepEqual(headers.get('connection'), ['keep-alive']); // this server's own
  });

  it('leaves a Response that a handler made itself as it is', async () => {
    const { headers, body } = await get('/r/own-response');
    assert.deepEqual([headers.get('content-encoding'), headers.get('upgrade'), body], [['x-own'], ['x'], 'x']);
  });
});

describe('respond, when the client leaves while a file is looked up', () => {
  it('opens the file for nobody, and a failure to open it does not end the process', async () => {
    // It is there and cannot be opened: ENXIO.
    const unopenable = join(folder, 'socket');
    const holder = createSocketServer().listen(unopenable);
    await once(holder, 'listening');
    const service = serviceOf([Results]);
    let writing: Promise<void> | undefined;
    const server = createServer((request, response) => {
      const exchange = new Exchange(service, request, response, new HttpContext(request, {}, silent));
      writing = respond(exchange, file(unopenable));
      request.socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = await RawClient.open((server.address() as AddressInfo).port);
    await client.write(head('GET /')).end();
    await client.destroy();
    await until(() => writing !== undefined);
    await writing;
    // Files are opened in turn: when these have failed, the first has too.
    for (let turn = 0; turn < 8; turn += 1) await assert.rejects(open(unopenable), { code: 'ENXIO' });
    server.close();
    holder.close();
  });
});
