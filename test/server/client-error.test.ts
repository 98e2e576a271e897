import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex, Readable } from 'node:stream';
import { after, before, beforeEach, describe, it } from 'node:test';

import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import type { HttpError } from '#src/errors/http-error.js';
import { answerClientError } from '#src/server/client-error.js';
import { head, post, RawClient, type RawResponse } from '../integration/http-raw-client.js';
import { serve, type Served } from '../serve.js';
import { until } from '../until.js';
import { serviceOf } from './service-of.js';

const releases: (() => void)[] = [];
let handled: string[] = [];
let readings: string[] = [];

/** Until it is told to go on. */
function wait(): Promise<void> {
  return new Promise<void>((resolve) => void releases.push(resolve));
}

@Controller()
class Answers {
  @Http('GET', '/quick') quick() {
    handled.push('quick');
    return 'quick';
  }
  @Http('GET', '/wait/:name') async wait(_event: unknown, { params }: HttpContext) {
    handled.push(params['name'] ?? '');
    await wait();
    return params['name'];
  }
  @Http('POST', '/body') body(body: string) {
    handled.push('body');
    return body;
  }
  @Http('POST', '/form') form(_form: unknown) {}
  @Http('POST', '/stream') async stream(body: Readable) {
    try {
      for await (const chunk of body) readings.push(String(chunk));
    } catch (error) {
      readings.push((error as HttpError).code);
    } finally {
      readings.push('finally');
    }
  }
  @Http('POST', '/late', { timeoutMs: 30 }) late(body: Readable) {
    return this.stream(body);
  }
  @Http('POST', '/early') async *early() {
    yield 'some';
    await wait();
    yield 'more';
  }
}

const GARBAGE = 'this is no HTTP\r\n\r\n';

function codeOf({ headers, body }: RawResponse): string {
  assert.deepEqual(headers.get('content-type'), ['application/problem+json; charset=utf-8']);
  assert.deepEqual(headers.get('connection'), ['close']);
  return (JSON.parse(body) as { code: string }).code;
}

function idOf({ body }: RawResponse): string {
  return (JSON.parse(body) as { requestId: string }).requestId;
}

describe('answerClientError', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Answers] });
  });
  after(() => served.close());
  beforeEach(() => {
    handled = [];
    releases.length = 0;
    served.lines.length = 0;
  });

  it('answers what is no HTTP with a whole problem, and ends the connection', async () => {
    const client = await RawClient.open(served.port);
    const response = await client.write(GARBAGE).response();
    assert.deepEqual([response.status, response.reason, response.whole], [400, 'Bad Request', true]);
    assert.equal(codeOf(response), 'BAD_REQUEST');
    await client.end();
    await client.destroy();
    assert.deepEqual(
      served.lines.map(({ level, msg }) => [level, msg]),
      [['debug', 'a request could not be read']],
    );
    assert.equal(served.lines[0]?.['requestId'], idOf(response));
  });

  it('answers once, however much more of it comes', async () => {
    const client = await RawClient.open(served.port);
    client.write(GARBAGE.repeat(100));
    assert.equal((await client.response()).status, 400);
    client.write(GARBAGE);
    await assert.rejects(client.response(), /the connection ended after ""/);
    await client.destroy();
  });

  it('answers it after the answers to the requests before it, in order', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('GET /wait/first'), GARBAGE);
    await until(() => releases.length === 1);
    releases[0]?.();
    assert.equal((await client.response()).body, 'first');
    assert.equal(codeOf(await client.response()), 'BAD_REQUEST');
    await client.end();
    await client.destroy();
  });

  it('answers it after all of them, however many wait in line', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('GET /wait/first'), head('GET /wait/second'), head('GET /quick'), GARBAGE);
    for (const [index, name] of ['first', 'second'].entries()) {
      await until(() => releases.length > index);
      releases[index]?.();
      assert.equal((await client.response()).body, name);
    }
    assert.equal((await client.response()).body, 'quick');
    assert.equal(codeOf(await client.response()), 'BAD_REQUEST');
    await client.end();
    await client.destroy();
    assert.deepEqual(handled, ['first', 'second', 'quick']);
  });

  it('answers it after them where it is the body of a request that waits in line', async () => {
    const client = await RawClient.open(served.port);
    const broken = head('POST /body', { 'Transfer-Encoding': 'chunked', 'Content-Type': 'text/plain' });
    client.write(head('GET /wait/first'), head('GET /quick'), broken, 'no size\r\n');
    await until(() => releases.length === 1);
    releases[0]?.();
    assert.equal((await client.response()).body, 'first');
    assert.equal((await client.response()).body, 'quick');
    assert.equal(codeOf(await client.response()), 'BAD_REQUEST');
    await client.end();
    await client.destroy();
    await until(() => served.app.requestsInFlight.length === 0);
    assert.deepEqual(handled, ['first', 'quick']);
  });

  it('answers it before the handler of a body that breaks off in the middle, which then never runs', async () => {
    const client = await RawClient.open(served.port);
    client.write(
      head('POST /body', { 'Transfer-Encoding': 'chunked', 'Content-Type': 'text/plain' }),
      '2\r\nhi\r\nno size\r\n',
    );
    const response = await client.response();
    assert.equal(codeOf(response), 'BAD_REQUEST');
    await client.end();
    await client.destroy();
    await until(() => served.app.requestsInFlight.length === 0);
    assert.deepEqual(handled, []);
    assert.equal(served.lines.find(({ msg }) => msg === 'a request could not be read')?.['requestId'], idOf(response));
  });

  it('answers a body whose client has ended its side at once, and leaves no connection open', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('POST /body', { 'Content-Length': '9', 'Content-Type': 'text/plain' }), 'hi');
    client.socket.end();
    assert.equal(codeOf(await client.response()), 'INCOMPLETE_BODY');
    await client.closed();
    await until(() => served.app.requestsInFlight.length === 0);
    assert.deepEqual(handled, []);
  });

  it('hears a client out no longer than it sends: its end is the end of the connection', async (test) => {
    const client = await RawClient.open(served.port);
    // Time stands still, so that nothing else ends it.
    test.mock.timers.enable({ apis: ['setTimeout'] });
    client.write(head('POST /body', { 'Transfer-Encoding': 'chunked', 'Content-Type': 'text/plain' }), 'no size\r\n');
    assert.equal(codeOf(await client.response()), 'BAD_REQUEST');
    assert.equal(served.app.requestsInFlight.length, 1, 'it is heard out');
    client.socket.end();
    await client.closed();
    test.mock.timers.reset();
    await until(() => served.app.requestsInFlight.length === 0);
  });

  it('tells whoever reads such a body that it has ended, whatever was answered', async () => {
    for (const rest of ['no size\r\n', undefined]) {
      readings = [];
      const client = await RawClient.open(served.port);
      client.write(head('POST /stream', { 'Transfer-Encoding': 'chunked' }), '2\r\nhi\r\n');
      await until(() => readings.length === 1);
      if (rest === undefined) client.socket.end();
      else client.write(rest);
      assert.equal((await client.response()).status, 400);
      await client.destroy();
      await until(() => readings.length === 3);
      assert.deepEqual(readings, ['hi', 'INCOMPLETE_BODY', 'finally']);
    }
  });

  it('tells so whoever reads a body past his time, when the connection is closed after the answer', async () => {
    readings = [];
    const client = await RawClient.open(served.port);
    client.write(head('POST /late', { 'Transfer-Encoding': 'chunked' }), '2\r\nhi\r\n');
    assert.equal((await client.response()).status, 504);
    await client.destroy();
    await until(() => readings.length === 3);
    assert.deepEqual(readings, ['hi', 'INCOMPLETE_BODY', 'finally']);
  });

  it('leaves nothing of a form that breaks off in a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'yunction-broken-form-'));
    const own = await serve({ controllers: [Answers], temporaryFolder: folder });
    const usual = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    for (let count = 0; count < 10; count += 1) {
      const part = '--B\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nabc';
      const client = await RawClient.open(own.port);
      client.write(
        head('POST /form', { 'Transfer-Encoding': 'chunked', 'Content-Type': 'multipart/form-data; boundary=B' }),
        `${part.length.toString(16)}\r\n${part}\r\n`,
      );
      await until(() => readdirSync(folder).length === 1);
      client.write('no size\r\n');
      assert.equal((await client.response()).status, 400);
      await client.destroy();
      await until(() => own.app.requestsInFlight.length === 0 && readdirSync(folder).length === 0);
    }
    // The form's own deadline is over with it.
    await until(() => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length <= usual);
    await own.close();
    rmSync(folder, { recursive: true });
  });

  it('answers it with what middleware has set beforehand, as any other error', async () => {
    const marked = await serve({
      controllers: [Answers],
      use: [
        (context, next) => {
          context.response.setHeader('X-Mark', 'set');
          return next();
        },
      ],
    });
    const client = await RawClient.open(marked.port);
    client.write(head('POST /body', { 'Transfer-Encoding': 'chunked', 'Content-Type': 'text/plain' }), 'no size\r\n');
    assert.deepEqual((await client.response()).headers.get('x-mark'), ['set']);
    await client.destroy();
    await marked.close();
  });

  it('breaks the connection where an answer has begun already: nothing can be said in the middle of it', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('POST /early', { 'Transfer-Encoding': 'chunked' }), '2\r\nhi\r\n');
    await until(() => releases.length === 1);
    client.write('no size\r\n');
    const response = await client.response();
    assert.deepEqual([response.status, response.body, response.whole], [200, 'some', false]);
    await client.destroy();
    await until(() => served.app.requestsInFlight.length === 0);
  });

  it('keeps nothing of a connection that is reset in the middle of a request', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('POST /body', { 'Content-Length': '9', 'Content-Type': 'text/plain' }), 'hi');
    await until(() => served.app.requestsInFlight.length === 1);
    await client.reset();
    await until(() => served.app.requestsInFlight.length === 0);
    assert.deepEqual(handled, []);
  });

  it('says nothing after an answer that closed the connection', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('GET /quick', { Connection: 'close' }), GARBAGE);
    assert.equal((await client.response()).body, 'quick');
    await assert.rejects(client.response(), /the connection ended after ""/);
    await client.destroy();
  });

  it('lets the next connection in as if nothing had been', async () => {
    for (let round = 0; round < 20; round += 1) {
      const client = await RawClient.open(served.port);
      client.write(GARBAGE);
      if (round % 2 === 0) await client.reset();
      else await client.destroy();
    }
    const client = await RawClient.open(served.port);
    assert.equal((await client.write(post('/body', 'hi', { 'Content-Type': 'text/plain' })).response()).body, 'hi');
    await client.destroy();
  });

  it('destroys a socket that cannot be written any more, with the error that there was', () => {
    const error = Object.assign(new Error('parse'), { code: 'HPE_INVALID_METHOD' });
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() }).on('error', () => undefined);
    socket.end();
    answerClientError(serviceOf([Answers]), error, socket);
    assert.deepEqual([socket.destroyed, socket.errored], [true, error]);
  });

  it('destroys a socket that was reset without a word', () => {
    const written: string[] = [];
    const socket = new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        written.push(String(chunk));
        done();
      },
    }).on('error', () => undefined);
    answerClientError(serviceOf([Answers]), Object.assign(new Error('reset'), { code: 'ECONNRESET' }), socket);
    assert.deepEqual([socket.destroyed, written], [true, []]);
  });
});
