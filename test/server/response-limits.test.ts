import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { HttpError } from '#src/errors/http-error.js';
import { exchange, head } from '../integration/http-raw-client.js';
import { serve, type Served } from '../serve.js';

const MINE = { Server: 'mine', date: 'yesterday', 'Keep-Alive': 'timeout=9', 'X-FC-Own': '1', 'X-Own': '1' };

@Controller()
class Headers {
  @Http('GET', '/integration') integration() {
    return { statusCode: 200, headers: { ...MINE, 'Content-Length': '5' }, body: 'hello' };
  }
  @Http('GET', '/preset') preset(_event: unknown, { response }: HttpContext) {
    for (const [name, value] of Object.entries(MINE)) response.setHeader(name, value);
    return { hello: true };
  }
  @Http('GET', '/web') web() {
    return new Response('hello', { headers: MINE });
  }
  @Http('GET', '/error') error() {
    throw new HttpError(409, 'no', { headers: MINE });
  }
  @Sse('/events') async *events(_event: unknown, { response }: HttpContext) {
    for (const [name, value] of Object.entries(MINE)) response.setHeader(name, value);
    yield 'one';
  }
  @Http('GET', '/stream') stream() {
    return {
      statusCode: 200,
      headers: { 'content-length': '9' },
      body: (async function* () {
        yield 'hello';
      })(),
    };
  }
  @Http('GET', '/many') many() {
    return { statusCode: 200, headers: { 'X-Large': 'x'.repeat(5000), 'Set-Cookie': ['a=1', 'b=2'] }, body: 'hello' };
  }
  @Http('GET', '/text') text() {
    return { text: 'x'.repeat(100 * 1024) };
  }
  @Http('GET', '/bytes') bytes() {
    return Buffer.alloc(100 * 1024 + 1);
  }
  @Http('GET', '/bytes/large') large() {
    return Buffer.alloc(6 * 1024 * 1024 + 1);
  }
  @Http('GET', '/streamed/large') async *streamed() {
    for (let n = 0; n < 7; n += 1) yield Buffer.alloc(1024 * 1024);
  }
}

const warnings = ({ lines }: Served) => lines.filter(({ level }) => level === 'warn');
const on = (platform: 'scf' | 'fc' | 'container' | 'local') => serve({ controllers: [Headers], platform });

describe('headers that a function may not set', () => {
  for (const path of ['/integration', '/preset', '/web', '/error', '/events']) {
    it(`are left out of ${path} on fc, with one warning for each`, async () => {
      const served = await on('fc');
      for (const time of ['first', 'second']) {
        const { headers } = await exchange(served.port, head(`GET ${path}`));
        for (const name of ['server', 'x-fc-own']) assert.equal(headers.get(name), undefined, `${name}, ${time}`);
        assert.notDeepEqual(headers.get('date'), ['yesterday']);
        assert.notDeepEqual(headers.get('keep-alive'), ['timeout=9']);
        assert.deepEqual(headers.get('x-own'), ['1'], 'all others stay');
      }
      const names = warnings(served).map(({ header }) => header);
      assert.deepEqual(names.filter((name) => name !== 'content-length').sort(), [
        'date',
        'keep-alive',
        'server',
        'x-fc-own',
      ]);
      await served.close();
    });
  }

  it('are on scf all but x-fc-, which means nothing there', async () => {
    const served = await on('scf');
    const { headers } = await exchange(served.port, head('GET /preset'));
    assert.deepEqual([headers.get('server'), headers.get('x-fc-own')], [undefined, ['1']]);
    await served.close();
  });

  it('include the length on fc: what a handler says of it is not passed on', async () => {
    const served = await on('fc');
    // Shorter than announced, this would break the connection elsewhere.
    const { body, headers, whole } = await exchange(served.port, head('GET /stream'));
    assert.deepEqual([body, whole, headers.get('content-length')], ['hello', true, undefined]);
    await served.close();
  });

  it('are left out of the server’s own 426 too, without a word', async () => {
    @Controller()
    class Socket {
      @WebSocket('/ws') said(text: string) {
        return text;
      }
    }
    for (const [platform, upgrade] of [
      ['scf', undefined],
      ['local', ['websocket']],
    ] as const) {
      const served = await serve({ controllers: [Socket], platform });
      const { status, headers } = await exchange(served.port, head('GET /ws'));
      assert.deepEqual([status, headers.get('upgrade')], [426, upgrade]);
      assert.deepEqual(warnings(served), []);
      await served.close();
    }
  });

  it('are set as ever where no gateway minds', async () => {
    for (const platform of ['container', 'local'] as const) {
      const served = await on(platform);
      const { headers } = await exchange(served.port, head('GET /preset'));
      assert.deepEqual([headers.get('server'), headers.get('date')], [['mine'], ['yesterday']]);
      assert.deepEqual(warnings(served), []);
      await served.close();
    }
  });
});

describe('a response that is larger than the platform lets through', () => {
  const cases: readonly (readonly ['scf' | 'fc' | 'container', string, readonly string[]])[] = [
    ['scf', '/many', ['the headers are larger than the platform lets through']],
    ['fc', '/many', []],
    ['scf', '/text', ['the text is larger than the platform’s gateway may let through']],
    ['fc', '/text', []],
    ['scf', '/bytes', []],
    ['scf', '/bytes/large', ['the body is larger than the platform lets through']],
    ['scf', '/streamed/large', ['the body is larger than the platform lets through']],
    ['container', '/bytes/large', []],
  ];
  for (const [platform, path, messages] of cases) {
    it(`${messages.length === 0 ? 'is fine' : 'is sent whole, and is a warning once'}: ${path} on ${platform}`, async () => {
      const served = await on(platform);
      for (const _ of [1, 2]) {
        const { status, whole } = await exchange(served.port, head(`GET ${path}`));
        assert.deepEqual([status, whole], [200, true]);
      }
      assert.deepEqual(
        warnings(served).map(({ msg }) => msg),
        messages,
      );
      await served.close();
    });
  }
});
