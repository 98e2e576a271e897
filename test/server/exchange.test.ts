import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import type { BodyLimits } from '#src/body/body-limits.js';
import type { UploadedFile } from '#src/body/uploaded-file.js';
import { HttpContext } from '#src/context/http-context.js';
import type { RequestScope } from '#src/context/injector.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { resolveOptions } from '#src/resolve-options.js';
import { Exchange } from '#src/server/exchange.js';
import { head, post, RawClient } from '../integration/http-raw-client.js';
import { silent } from '../silent-log.js';
import { serviceOf } from './service-of.js';

@Controller()
class Nothing {
  @Http('GET', '/') nothing() {}
}

const folder = mkdtempSync(join(tmpdir(), 'yunction-exchange-'));
const limits: BodyLimits = { ...resolveOptions({ temporaryFolder: folder, maxBodyBytes: 10 }) };
const service = serviceOf([Nothing]);

const FORM = [
  '--x\r\nContent-Disposition: form-data; name="a"; filename="a.txt"\r\n\r\none',
  '--x\r\nContent-Disposition: form-data; name="b"; filename="b.txt"\r\n\r\ntwo\r\n--x--\r\n',
].join('\r\n');

/** A scope that counts how often it was given back. */
class Scope implements RequestScope {
  disposed = 0;
  resolve(): never {
    throw new Error('nothing is made here');
  }
  add(): void {}
  dispose(): Promise<void> {
    this.disposed += 1;
    return Promise.resolve();
  }
}

describe('Exchange', () => {
  let server: Server;
  before(async () => {
    // Both events, so that node says `100 Continue` to nobody of its own accord.
    server = createServer().listen(0, '127.0.0.1');
    server.on('checkContinue', (request, response) => server.emit('request', request, response));
    await once(server, 'listening');
  });
  after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  /** Sends bytes, and gives the exchange that they begin. */
  async function begin(...pieces: (string | Buffer)[]): Promise<{ exchange: Exchange; client: RawClient }> {
    const client = await RawClient.open((server.address() as AddressInfo).port);
    const arrived = once(server, 'request');
    client.write(...pieces);
    const [request, response] = (await arrived) as [IncomingMessage, ServerResponse];
    return { client, exchange: new Exchange(service, request, response, new HttpContext(request, {}, silent)) };
  }

  const expecting = (length: string) =>
    head('POST /', { 'Content-Type': 'text/plain', 'Content-Length': length, Expect: '100-continue' });

  it('is open until an answer has begun, or the client has left', async () => {
    const answered = await begin(head('GET /'));
    assert.equal(answered.exchange.open, true);
    answered.exchange.response.writeHead(200);
    assert.equal(answered.exchange.open, false);
    await answered.client.destroy();

    const ended = await begin(head('GET /'));
    ended.exchange.response.end();
    assert.equal(ended.exchange.open, false);
    await ended.client.destroy();

    const left = await begin(head('GET /'));
    const closed = once(left.exchange.response, 'close');
    await left.client.reset();
    await closed;
    assert.equal(left.exchange.open, false);
  });

  it('says 100 Continue once, when the body is read, however it is read', async () => {
    for (const read of ['parseBody', 'readBytes', 'readText'] as const) {
      const { exchange, client } = await begin(expecting('2'));
      exchange.expectsContinue = true;
      const reading: unknown = exchange[read](limits);
      assert.deepEqual([exchange.expectsContinue, exchange.reading], [false, true]);
      assert.equal((await client.response()).status, 100);
      client.write('hi');
      await reading;
      exchange.sayContinue();
      exchange.response.end('answer');
      assert.equal((await client.response()).status, 200, 'a second 100 would stand before it');
      await client.destroy();
    }
  });

  it('does not call for a body that is announced as too large', async () => {
    const { exchange, client } = await begin(expecting('11'));
    exchange.expectsContinue = true;
    await assert.rejects(async () => exchange.readBytes(limits), { code: 'BODY_TOO_LARGE' });
    assert.equal(exchange.expectsContinue, true);
    exchange.response.end('refused');
    assert.equal((await client.response()).status, 200);
    await client.destroy();
  });

  it('calls for a form whatever its length, as its files have limits of their own', async () => {
    const { exchange, client } = await begin(
      head('POST /', {
        'Content-Type': ' Multipart/form-data; boundary=x',
        'Content-Length': String(FORM.length),
        Expect: '100-continue',
      }),
    );
    exchange.expectsContinue = true;
    const parsing = exchange.parseBody(limits);
    assert.equal((await client.response()).status, 100);
    client.write(FORM);
    await parsing;
    await exchange.release();
    await client.destroy();
  });

  it('says nothing to a client that does not wait', async () => {
    const { exchange, client } = await begin(post('/', 'hi', { 'Content-Type': 'text/plain' }));
    assert.equal(await exchange.readText(limits), 'hi');
    exchange.response.end();
    assert.equal((await client.response()).status, 200);
    await client.destroy();
  });

  it('deletes the files of a form that were not moved, and leaves the others', async () => {
    const { exchange, client } = await begin(post('/', FORM, { 'Content-Type': 'multipart/form-data; boundary=x' }));
    assert.equal(exchange.holdsResources, false);
    const body = await exchange.parseBody(limits);
    assert.equal(exchange.holdsResources, true);
    const { a } = (body as { value: { a: UploadedFile } }).value;
    const kept = join(folder, 'kept.txt');
    await a.moveTo(kept);
    await exchange.release();
    assert.ok(existsSync(kept));
    assert.deepEqual(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name),
      ['kept.txt'],
    );
    await client.destroy();
  });

  it('disposes the instances of its scope, and holds nothing where it has neither files nor scope', async () => {
    const { exchange, client } = await begin(head('GET /'));
    assert.equal(exchange.holdsResources, false);
    await exchange.release();
    const scope = new Scope();
    exchange.scope = scope;
    assert.equal(exchange.holdsResources, true);
    await exchange.release();
    assert.equal(scope.disposed, 1);
    await client.destroy();
  });

  it('disposes its scope though the files cannot be deleted, and says that they could not', async () => {
    const { exchange, client } = await begin(post('/', FORM, { 'Content-Type': 'multipart/form-data; boundary=x' }));
    const body = await exchange.parseBody(limits);
    const { a } = (body as { value: { a: UploadedFile } }).value;
    // A folder in the place of the file cannot be deleted as one.
    rmSync(a.filepath);
    mkdirSync(a.filepath);
    const scope = new Scope();
    exchange.scope = scope;
    await assert.rejects(exchange.release());
    assert.equal(scope.disposed, 1);
    await client.destroy();
  });

  it('aborts the signal of its context when nobody waits any more, with the first reason', async () => {
    const { exchange, client } = await begin(head('GET /'));
    const { signal } = exchange.context;
    assert.equal(signal.aborted, false);
    const reason = new Error('first');
    exchange.abandon(reason);
    exchange.abandon(new Error('second'));
    assert.deepEqual([signal.aborted, signal.reason], [true, reason]);
    await client.destroy();
  });

  it('has one event stream, which may go on for as long as the platform lets it', async () => {
    const { exchange, client } = await begin(head('GET /'));
    const stream = exchange.context.sse();
    // As the server does at the end of every exchange.
    exchange.response.on('close', () => exchange.stream?.responseClosed());
    assert.equal(exchange.stream, stream);
    assert.equal(exchange.context.sse(), stream);
    assert.equal(exchange.context.deadline, Number.POSITIVE_INFINITY);
    const closed = once(stream, 'close');
    await client.reset();
    await closed;
  });

  it('opens no event stream when the answer has begun or the client has left', async () => {
    const { exchange, client } = await begin(head('GET /'));
    exchange.response.end();
    assert.throws(() => exchange.context.sse(), /the answer has begun already, or the client has left/);
    assert.equal(exchange.stream, undefined);
    await client.destroy();
  });
});
