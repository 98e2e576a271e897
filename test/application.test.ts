import 'reflect-metadata';
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { WebSocket as Client } from 'ws';

import { type ApplicationOptions, createApplication } from '#src/application.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { WebSocket as OnWebSocket } from '#src/decorators/web-socket.js';
import { StartupError } from '#src/errors/startup-error.js';
import { RawConnection } from './fixtures/http-client.js';
import { serve } from './serve.js';

@Controller()
class Hello {
  @Http('GET', '/hello') hello() {
    return 'hello';
  }
}

const make = (options: Partial<ApplicationOptions> = {}) =>
  createApplication({ controllers: [Hello], port: 0, host: '127.0.0.1', logLevel: 'silent', ...options }, {});

async function refuses(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const refused = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(false));
    socket.once('error', () => resolve(true));
  });
  socket.destroy();
  return refused;
}

describe('createApplication', () => {
  it('reads no environment when it is given other sources', () => {
    process.env['MAX_FILES'] = '3';
    try {
      assert.equal(make().options.maxFiles, 20);
      assert.equal(createApplication({ controllers: [Hello] }).options.maxFiles, 3);
      assert.equal(createApplication({ controllers: [Hello] }, { env: { MAX_FILES: '4' } }).options.maxFiles, 4);
    } finally {
      delete process.env['MAX_FILES'];
    }
  });

  it('gives the routes, their description and the instances, and listens to nothing', () => {
    const application = make();
    assert.equal(application.describeRoutes(), '  GET  /hello  Hello.hello');
    assert.equal(application.takesWebSockets, false);
    assert.deepEqual(
      application.routes.map(({ path }) => path),
      ['/hello'],
    );
    assert.equal(application.resolve(Hello), application.resolve(Hello));
    assert.deepEqual(application.requestsInFlight, []);
  });
});

describe('listen()', () => {
  it('runs the hooks once and gives one address, however often it is called', async () => {
    let starts = 0;
    const application = make({ onStart: [() => starts++, async () => starts++] });
    const [first, second] = await Promise.all([application.listen(), application.listen()]);
    assert.deepEqual([first, starts], [second, 2]);
    await application.close();
  });

  it('refuses, and runs no further hook, when the application is closed while it starts', async () => {
    const ran: string[] = [];
    let closing: Promise<unknown> | undefined;
    const application = make({
      onStart: [() => void (closing = application.close()), () => ran.push('second hook')],
      onClose: () => ran.push('closed'),
    });
    await assert.rejects(application.listen(), (error) => {
      assert.ok(error instanceof StartupError);
      assert.match(error.message, /it was closed before it listened/);
      return true;
    });
    await closing;
    assert.deepEqual(ran, ['closed']);
  });

  it('leaves no server open when it is closed while its host is looked up', async () => {
    const application = make({ host: 'localhost' });
    const listening = application.listen();
    await new Promise(setImmediate);
    await application.close();
    const { port } = await listening;
    assert.equal(await refuses(port), true);
  });

  it('does not begin to listen when it is closed in the same moment', async () => {
    const application = make();
    const listening = application.listen();
    await Promise.all([application.close(), assert.rejects(listening, /it was closed before it listened/)]);
  });
});

describe('close()', () => {
  it('is done once, however often it is called', async () => {
    let closes = 0;
    const application = make({ onClose: () => closes++ });
    const { port } = await application.listen();
    assert.deepEqual(await Promise.all([application.close(), application.close()]), [{ cut: 0 }, { cut: 0 }]);
    assert.equal(closes, 1);
    assert.equal(await refuses(port), true);
  });

  it('goes on where a hook or a disposal fails, and logs each', async () => {
    @Controller()
    class Failing {
      @Http('GET', '/') get() {}
      dispose() {
        throw new Error('disposal');
      }
    }
    const ran: string[] = [];
    const { lines, close } = await serve({
      controllers: [Failing],
      onClose: [() => Promise.reject(new Error('hook')), () => ran.push('second')],
    });
    await close();
    assert.deepEqual(ran, ['second']);
    const errors = lines.filter(({ level }) => level === 'error').map(({ msg, err }) => [msg, (err as Error).message]);
    assert.deepEqual(errors, [
      ['an onClose hook failed', 'hook'],
      ['a singleton could not be disposed', 'disposal'],
    ]);
  });

  it('counts each request that it cuts once, and tells its handler by the signal', async () => {
    const began: string[] = [];
    const reasons: string[] = [];
    @Controller()
    class Slow {
      @Http('GET', '/never') never(_event: unknown, context: { signal: AbortSignal }) {
        began.push('never');
        context.signal.addEventListener('abort', () => reasons.push((context.signal.reason as Error).message));
        return new Promise(() => undefined);
      }
    }
    Reflect.defineMetadata('design:paramtypes', [Object, Object], Slow.prototype, 'never');
    const { port, app } = await serve({ controllers: [Slow], shutdownMs: 100 });
    const connections = [new RawConnection(port), new RawConnection(port)];
    for (const connection of connections) connection.get('/never');
    while (began.length < 2) await new Promise(setImmediate);
    assert.deepEqual(await app.close(), { cut: 2 });
    assert.deepEqual(reasons, ['the server is going down', 'the server is going down']);
    await Promise.all(connections.map(({ ended }) => ended));
  });

  it('loses no request that arrived while the process could not run', async () => {
    const { port, app } = await serve({ controllers: [Hello], idleCloseMs: 10 });
    const connection = new RawConnection(port);
    connection.get('/hello');
    await connection.match(/hello$/);
    const closing = app.close();
    await new Promise(setImmediate);
    connection.get('/hello');
    // Starved of its processor, a process finds timers and bytes due at once, and looks at the timers first.
    for (const until = Date.now() + 60; Date.now() < until; );
    await connection.match(/HTTP\/1\.1 200 [^]*HTTP\/1\.1 200 [^]*Connection: close\r\n[^]*hello$/);
    assert.deepEqual(await closing, { cut: 0 });
  });

  it('is not held up by a WebSocket whose upgrade was under way', async () => {
    let accept = () => {};
    let ask = () => {};
    const asked = new Promise<void>((resolve) => (ask = resolve));
    @Controller()
    class Chat {
      @OnWebSocket('/', { on: 'upgrade' }) upgrade() {
        ask();
        return new Promise<boolean>((answer) => (accept = () => answer(true)));
      }
      @OnWebSocket('/') message(_event: string) {}
    }
    const { app, port } = await serve({ controllers: [Chat], shutdownMs: 10_000 });
    const socket = new Client(`ws://127.0.0.1:${port}/`);
    // Refused with 503, or accepted and closed with the platform's code: either way it does not stay.
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await asked;
    const closing = app.close();
    accept();
    await closed;
    assert.deepEqual(await closing, { cut: 0 });
  });
});
