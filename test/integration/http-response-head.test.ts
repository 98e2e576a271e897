import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { request } from 'undici';
import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { HttpError } from '#src/errors/http-error.js';
import { serve, type Served } from '../serve.js';
import { exchange, head } from './http-raw-client.js';

let upstream = '';

@Controller('/head')
class Heads {
  @Http('GET', '/all')
  all(_event: unknown, { response }: HttpContext): unknown {
    response.status = 202;
    response.setHeader('X-A', 1).appendHeader('X-A', '2').setHeader('content-type', 'application/vnd.a+json');
    response.setCookie('seen', 'a b', { httpOnly: true }).setCookie('other', '1').clearCookie('old');
    return { a: 1 };
  }

  @Http('GET', '/result-wins')
  resultWins(_event: unknown, { response }: HttpContext): unknown {
    response.status = 500;
    response.setHeader('X-A', 'before').setHeader('X-B', 'kept').setCookie('session', '1');
    return { statusCode: 200, headers: { 'x-a': 'after', 'set-cookie': 'own=2' }, body: 'x' };
  }

  @Http('GET', '/web-response')
  webResponse(_event: unknown, { response }: HttpContext): unknown {
    response.setCookie('session', '1');
    return new Response('x', { headers: { 'Set-Cookie': 'own=2' } });
  }

  @Http('GET', '/error')
  error(_event: unknown, { response }: HttpContext): unknown {
    response.status = 200;
    response.setHeader('Access-Control-Allow-Origin', '*').setCookie('session', '1');
    response.setHeader('Content-Type', 'text/csv').setHeader('ETag', '"1"').setHeader('Cache-Control', 'max-age=60');
    throw HttpError.badRequest('no');
  }

  @Http('GET', '/wrong-length')
  wrongLength(): unknown {
    return { statusCode: 200, headers: { 'content-length': '2', 'transfer-encoding': 'chunked' }, body: 'hello' };
  }

  @Http('GET', '/no-content-with-length')
  noContentWithLength(): unknown {
    return { statusCode: 204, headers: { 'content-length': '5' }, body: 'hello' };
  }

  @Http('HEAD', '/length')
  length(): unknown {
    return { statusCode: 200, headers: { 'content-length': '1234' } };
  }

  @Http('GET', '/reset-content')
  resetContent(): unknown {
    return { statusCode: 205, headers: {}, body: 'not sent' };
  }

  @Http('GET', '/proxied')
  proxied(): unknown {
    return fetch(upstream);
  }
}

describe('the head of a response', () => {
  let served: Served;
  const other = createServer((_request, response) => {
    const body = gzipSync('from upstream');
    response.writeHead(203, { 'Content-Encoding': 'gzip', 'Content-Length': body.length, 'X-Upstream': 'yes' });
    response.end(body);
  });
  before(async () => {
    served = await serve({ controllers: [Heads] });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    upstream = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  });
  after(async () => {
    other.closeAllConnections();
    other.close();
    await served.close();
  });

  it('has the status, headers and cookies that were set beforehand', async () => {
    const got = await request(`${served.url}/head/all`);
    assert.equal(got.statusCode, 202);
    assert.deepEqual(got.headers['x-a'], ['1', '2']);
    assert.equal(got.headers['content-type'], 'application/vnd.a+json');
    assert.deepEqual(got.headers['set-cookie'], [
      'seen=a%20b; Path=/; HttpOnly',
      'other=1; Path=/',
      'old=; Max-Age=0; Path=/',
    ]);
    assert.deepEqual(await got.body.json(), { a: 1 });
  });

  it('lets the status and headers of the result win, in any spelling, and keeps the cookies of both', async () => {
    const got = await request(`${served.url}/head/result-wins`);
    await got.body.dump();
    assert.equal(got.statusCode, 200);
    assert.equal(got.headers['x-a'], 'after');
    assert.equal(got.headers['x-b'], 'kept');
    assert.deepEqual(got.headers['set-cookie'], ['session=1; Path=/', 'own=2']);
  });

  it('keeps cookies set beforehand beside those of a web Response', async () => {
    const got = await request(`${served.url}/head/web-response`);
    await got.body.dump();
    assert.deepEqual(got.headers['set-cookie'], ['session=1; Path=/', 'own=2']);
  });

  it('keeps on an error what was set beforehand, but for what describes the body', async () => {
    const got = await request(`${served.url}/head/error`);
    await got.body.dump();
    assert.equal(got.statusCode, 400);
    assert.equal(got.headers['access-control-allow-origin'], '*');
    assert.equal(got.headers['set-cookie'], 'session=1; Path=/');
    assert.equal(got.headers['content-type'], 'application/problem+json; charset=utf-8');
    assert.equal(got.headers['etag'], undefined);
    assert.equal(got.headers['cache-control'], undefined);
  });

  it('frames the body itself, whatever length the result claims', async () => {
    const got = await exchange(served.port, head('GET /head/wrong-length'));
    assert.deepEqual(got.headers.get('content-length'), ['5']);
    assert.equal(got.headers.has('transfer-encoding'), false);
    assert.equal(got.body, 'hello');
  });

  it('announces no length where there is no content', async () => {
    const got = await exchange(served.port, head('GET /head/no-content-with-length'));
    assert.equal(got.status, 204);
    assert.equal(got.headers.has('content-length'), false);
  });

  it('sends no content with 205', async () => {
    const got = await exchange(served.port, head('GET /head/reset-content'));
    assert.deepEqual([got.status, got.headers.get('content-length'), got.body], [205, ['0'], '']);
  });

  it('leaves the length to a HEAD handler that names it', async () => {
    const got = await exchange(served.port, head('HEAD /head/length', { Connection: 'close' }));
    assert.deepEqual(got.headers.get('content-length'), ['1234']);
  });

  it('passes on what fetch() gave, whose body is inflated already', async () => {
    const got = await request(`${served.url}/head/proxied`);
    assert.equal(got.statusCode, 203);
    assert.equal(got.headers['x-upstream'], 'yes');
    assert.equal(got.headers['content-encoding'], undefined);
    assert.equal(await got.body.text(), 'from upstream');
  });
});
