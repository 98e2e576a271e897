import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { WebSocket as Client } from 'ws';

import { RawConnection } from '../fixtures/http-client.js';
import { startFixture, type TestProcess } from '../fixtures/run-process.js';
import { untilAnswered } from '../until-answered.js';

const ENV = { PORT: '0', YUNCTION_HOST: '127.0.0.1', IDLE_CLOSE_MS: '50' };

async function started(env: Record<string, string> = {}): Promise<{ process: TestProcess; port: number }> {
  const process = startFixture('lifecycle-app', [], { env: { ...ENV, ...env } });
  return { process, port: await process.port() };
}

/** What was logged with this message, or with one that begins so. */
function logged(process: TestProcess, message: string): Record<string, unknown>[] {
  return process.lines().filter(({ msg }) => String(msg).startsWith(message));
}

describe('start()', () => {
  it('writes one ready line with the address, the platform and the route table, as JSON', async () => {
    const { process, port } = await started();
    const [line] = logged(process, 'ready on');
    assert.equal(line?.['url'], `http://127.0.0.1:${port}`);
    assert.equal(line['platform'], 'local');
    assert.equal(line['count'], 9);
    assert.ok((line['routes'] as string[]).includes('GET /hello LifecycleController.hello'));
    process.signal('SIGTERM');
    assert.equal((await process.ended).code, 0);
  });

  it('writes the route table for a person when the format is pretty', async () => {
    const { process } = await started({ LOG_FORMAT: 'pretty' });
    await process.output(/\n {2}WS +\/socket +LifecycleController\.message \(message\)\n/);
    assert.match(
      process.stdout,
      /info {2}ready on http:\/\/127\.0\.0\.1:\d+ \(local\), \d+ ms after the process began\n/,
    );
    assert.match(process.stdout, /\n {2}GET +\/hello +LifecycleController\.hello\n/);
    process.signal('SIGTERM');
    await process.ended;
  });

  it('answers GET and HEAD of the health paths, and writes no access line for them', async () => {
    const { process, port } = await started();
    for (const path of ['/_healthz', '/_readyz']) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      assert.deepEqual([response.status, await response.text()], [200, 'ok']);
      const head = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'HEAD' });
      assert.deepEqual([head.status, await head.text()], [200, '']);
    }
    process.signal('SIGTERM');
    await process.ended;
    assert.deepEqual(logged(process, 'request'), []);
  });

  it('serves on when the reader of its log has gone', async () => {
    const { process, port } = await started();
    process.child.stdout.destroy();
    for (const _ of [1, 2, 3]) assert.equal((await fetch(`http://127.0.0.1:${port}/hello`)).status, 200);
    process.signal('SIGTERM');
    assert.equal((await process.ended).code, 0);
  });

  it('serves on when more connections come than it may have open, and answers again when they have gone', async () => {
    const process = startFixture('lifecycle-app', [], { env: ENV, openFiles: 60 });
    const port = await process.port();
    const connections = Array.from({ length: 150 }, () => new RawConnection(port));
    // Those beyond the limit are closed at once, the others stay; none of the latter has to suffer for it.
    await Promise.any(connections.map(({ ended }) => ended));
    for (const connection of connections) connection.destroy();
    await Promise.all(connections.map(({ ended }) => ended));
    // The server need not have seen all of them close yet.
    await untilAnswered(`http://127.0.0.1:${port}/hello`, 'hello');
    process.signal('SIGTERM');
    assert.equal((await process.ended).code, 0);
  });

  it('ends with 0 and never listens when SIGTERM comes while an onStart hook runs', async () => {
    const process = startFixture('lifecycle-app', [], { env: { ...ENV, START_MS: '60000' } });
    await process.output(/starting/);
    process.signal('SIGTERM');
    const { code, stdout, stderr } = await process.ended;
    assert.deepEqual([code, stderr], [0, '']);
    assert.doesNotMatch(stdout, /ready on/);
    assert.match(stdout, /first hook\nsecond hook\n/);
  });
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  describe(signal, () => {
    it('ends an idle process with 0: hooks in order, then disposals, those that need others first', async () => {
      const { process } = await started({ IDLE_CLOSE_MS: '3600000' });
      process.signal(signal);
      const { code, stdout, stderr } = await process.ended;
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /first hook\nsecond hook\nrepository disposed, database open\ndatabase disposed\n$/);
    });

    it('closes idle keep-alive connections and ends', async () => {
      const { process, port } = await started();
      const connection = new RawConnection(port);
      connection.get('/hello');
      await connection.match(/\r\n\r\nhello$/);
      process.signal(signal);
      await connection.ended;
      assert.equal((await process.ended).code, 0);
    });

    it('closes connections that never sent a byte', async () => {
      const { process, port } = await started();
      const silent = new RawConnection(port);
      const other = new RawConnection(port);
      other.get('/hello');
      await other.match(/hello$/); // by now the silent one is accepted too
      process.signal(signal);
      await silent.ended;
      assert.equal((await process.ended).code, 0);
    });
  });
}

describe('a request in flight at SIGTERM', () => {
  it('finishes with Connection: close, before the hooks run', async () => {
    const { process, port } = await started();
    const connection = new RawConnection(port);
    connection.get('/slow');
    await process.output(/slow began/);
    process.signal('SIGTERM');
    await connection.match(/^HTTP\/1\.1 200 OK\r\n[^]*Connection: close\r\n[^]*slow$/);
    const { code, stdout } = await process.ended;
    assert.equal(code, 0);
    assert.match(stdout, /slow ended\n[^]*first hook/);
  });

  it('lets a connection that is open ask on, and says in /_readyz that it goes down', async () => {
    const { process, port } = await started({ IDLE_CLOSE_MS: '2000' });
    const [busy, ready, hello] = [new RawConnection(port), new RawConnection(port), new RawConnection(port)];
    ready.get('/_healthz');
    hello.get('/hello');
    await Promise.all([ready.match(/ok$/), hello.match(/hello$/)]);
    busy.get('/slow?ms=400');
    await process.output(/slow began/);
    process.signal('SIGTERM');
    await process.output(/draining/);
    ready.get('/_readyz');
    hello.get('/hello');
    await ready.match(/HTTP\/1\.1 503 [^]*Connection: close\r\n[^]*{"status":"draining","failed":\[\]}$/);
    await hello.match(/HTTP\/1\.1 200 OK\r\n[^]*HTTP\/1\.1 200 OK\r\n[^]*Connection: close\r\n[^]*hello$/);
    assert.equal((await process.ended).code, 0);
  });

  it('is cut when the time is up: its signal aborts, the exit code is 1 and the log counts it', async () => {
    const { process, port } = await started({ SHUTDOWN_MS: '300' });
    const connection = new RawConnection(port);
    connection.get('/never');
    await process.output(/never began/);
    process.signal('SIGTERM');
    await connection.ended;
    const { code, stdout } = await process.ended;
    assert.equal(code, 1);
    assert.equal(logged(process, 'the time was up')[0]?.['cut'], 1);
    assert.match(stdout, /never aborted\n[^]*first hook/);
    assert.equal(connection.received, '');
  });

  it('does not delay a second signal, which ends the process at once', async () => {
    const { process, port } = await started({ SHUTDOWN_MS: '600000' });
    const connection = new RawConnection(port);
    connection.get('/never');
    await process.output(/never began/);
    process.signal('SIGTERM');
    await process.output(/draining/);
    process.signal('SIGTERM');
    const { code, stdout } = await process.ended;
    assert.equal(code, 1);
    assert.doesNotMatch(stdout, /first hook/);
  });
});

describe('what stays open at SIGTERM', () => {
  it('an event stream ends with a retry, whole', async () => {
    const { process, port } = await started();
    const connection = new RawConnection(port);
    connection.get('/events');
    await connection.match(/data: first\n\n/);
    process.signal('SIGTERM');
    await connection.ended;
    // The last chunk of the chunked coding: the stream was ended, not cut.
    assert.match(connection.received, /retry: \d+\n\n\r\n0\r\n\r\n$/);
    assert.equal((await process.ended).code, 0);
  });

  it('an event stream that opens only after SIGTERM ends too', async () => {
    const { process, port } = await started();
    const connection = new RawConnection(port);
    connection.get('/late-events');
    await process.output(/late began/);
    process.signal('SIGTERM');
    await connection.ended;
    assert.match(connection.received, /retry: \d+\n\n\r\n0\r\n\r\n$/);
    const { code } = await process.ended;
    assert.equal(code, 0);
  });

  it('a WebSocket is closed with the platform’s code when its handlers have ended, before the hooks run', async () => {
    for (const [platform, code] of [
      ['local', 1012],
      ['scf', 1011],
    ] as const) {
      const { process, port } = await started({ YUNCTION_PLATFORM: platform });
      const socket = new Client(`ws://127.0.0.1:${port}/socket`);
      const frames: string[] = [];
      socket.on('message', (data: Buffer) => frames.push(data.toString()));
      await once(socket, 'open');
      socket.send('hi');
      await process.output(/message began/);
      process.signal('SIGTERM');
      const [closeCode] = (await once(socket, 'close')) as [number];
      assert.deepEqual([closeCode, frames], [code, ['echo hi']]);
      const { code: exitCode, stdout } = await process.ended;
      assert.equal(exitCode, 0);
      assert.match(stdout, /close handler ran\n[^]*first hook/);
    }
  });
});

describe('an uncaught exception', () => {
  it('is logged with the request’s id; the requests in flight finish; the exit code is 1', async () => {
    const { process, port } = await started();
    const response = await fetch(`http://127.0.0.1:${port}/throw-later`, { headers: { 'X-Request-Id': 'request-7' } });
    assert.deepEqual([response.status, await response.text()], [200, 'finished all the same']);
    const { code, stdout } = await process.ended;
    assert.equal(code, 1);
    const [line] = logged(process, 'uncaught exception: Error: thrown in a timer');
    assert.deepEqual([line?.['level'], line?.['requestId']], ['fatal', 'request-7']);
    assert.match((line?.['err'] as { stack?: string } | undefined)?.stack ?? '', /lifecycle-app/);
    assert.match(stdout, /second hook/);
  });

  it('names all requests in flight where it is unknown which one it belongs to', async () => {
    const { process, port } = await started({ NO_EXIT: 'true' });
    const ask = (path: string, id: string) =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'X-Request-Id': id } });
    const other = ask('/slow', 'other');
    await process.output(/slow began/);
    await ask('/throw-later', 'guilty');
    await other;
    assert.deepEqual(logged(process, 'uncaught')[0]?.['requestsInFlight'], ['other', 'guilty']);
    process.signal('SIGTERM');
    await process.ended;
  });

  it('names the one request where currentContext is on', async () => {
    const { process, port } = await started({ NO_EXIT: 'true', YUNCTION_CURRENT_CONTEXT: 'true' });
    const ask = (path: string, id: string) =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'X-Request-Id': id } });
    const other = ask('/slow', 'other');
    await process.output(/slow began/);
    await ask('/throw-later', 'guilty');
    await ask('/reject-later', 'careless');
    await other;
    assert.equal(logged(process, 'uncaught')[0]?.['requestId'], 'guilty');
    assert.equal(logged(process, 'unhandled')[0]?.['requestId'], 'careless');
    process.signal('SIGTERM');
    await process.ended;
  });

  it('with noExit is logged, and the process goes on', async () => {
    const { process, port } = await started({ NO_EXIT: '1' });
    await fetch(`http://127.0.0.1:${port}/throw-later`);
    assert.equal(logged(process, 'uncaught').length, 1);
    assert.equal((await fetch(`http://127.0.0.1:${port}/hello`)).status, 200);
    process.signal('SIGTERM');
    assert.equal((await process.ended).code, 0);
  });

  it('while the process drains after SIGTERM makes the exit code 1, and cuts nothing', async () => {
    const { process, port } = await started();
    const connection = new RawConnection(port);
    connection.get('/throw-later?after=200&ms=400');
    await process.output(/thrower began/);
    process.signal('SIGTERM');
    await connection.match(/finished all the same$/);
    assert.equal((await process.ended).code, 1);
  });

  it('does not turn the first SIGTERM after it into a second one', async () => {
    const { process, port } = await started();
    const connection = new RawConnection(port);
    connection.get('/throw-later?ms=400');
    await process.output(/uncaught exception: draining/);
    process.signal('SIGTERM');
    await connection.match(/finished all the same$/);
    assert.equal((await process.ended).code, 1);
  });
});

describe('an unhandled rejection', () => {
  it('is logged with the request’s id, and the process goes on', async () => {
    const { process, port } = await started();
    const response = await fetch(`http://127.0.0.1:${port}/reject-later`, { headers: { 'X-Request-Id': 'request-8' } });
    assert.equal(await response.text(), 'finished');
    const [line] = logged(process, 'unhandled rejection: Error: nobody waits for this');
    assert.deepEqual([line?.['level'], line?.['requestId']], ['error', 'request-8']);
    assert.equal((await fetch(`http://127.0.0.1:${port}/hello`)).status, 200);
    process.signal('SIGTERM');
    assert.equal((await process.ended).code, 0);
  });
});
