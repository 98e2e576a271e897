import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createLogger } from '#src/telemetry/log.js';
import { Controller, Http, StartupError } from '#src/index.js';
import { TestApplication, testApplication } from '#src/testing/index.js';
import { CONTROLLERS, NoteController, NoteRepository, RoomController } from './notes.js';

class FakeRepository extends NoteRepository {
  override find(id: number): string {
    return `fake ${id}`;
  }
}

describe('testApplication', () => {
  it('answers by the real pipeline on a port of its own', async () => {
    await using application = await testApplication({ controllers: CONTROLLERS });
    assert.ok(application instanceof TestApplication);
    assert.equal(application.url, `http://127.0.0.1:${application.port}`);
    const written = await application.request('POST', '/notes', { json: { text: 'tea' } });
    assert.deepEqual([written.status, written.headers['location'], written.json()], [201, '/notes/1', { id: 1 }]);
    assert.equal((await application.request('GET', '/notes/1')).text, 'tea');
    const missing = await application.request('GET', '/notes/2');
    assert.equal(missing.status, 404);
    assert.equal(missing.json<{ code: string }>().code, 'NOT_FOUND');
    const wrong = await application.request('POST', '/notes', { json: { text: '' } });
    assert.equal(wrong.json<{ code: string }>().code, 'VALIDATION_FAILED');
  });

  it('lets overrides win over providers: a value, a class, a tsyringe provider', async () => {
    const kept = new NoteRepository();
    kept.add('provided');
    const overrides = [
      new FakeRepository(),
      FakeRepository,
      { useClass: FakeRepository },
      { useFactory: () => new FakeRepository() },
    ];
    for (const override of overrides) {
      await using application = await testApplication({
        controllers: [NoteController],
        providers: [[NoteRepository, kept]],
        override: [[NoteRepository, override]],
      });
      assert.equal((await application.request('GET', '/notes/1')).text, 'fake 1');
    }
    await using plain = await testApplication({ controllers: [NoteController], providers: [[NoteRepository, kept]] });
    assert.equal((await plain.request('GET', '/notes/1')).text, 'provided');
  });

  it('keeps applications of one process apart', async () => {
    await using first = await testApplication({ controllers: [NoteController] });
    await using second = await testApplication({ controllers: [NoteController] });
    await first.request('POST', '/notes', { json: { text: 'only here' } });
    assert.equal((await second.request('GET', '/notes/1')).status, 404);
    assert.equal(first.application.resolve(NoteRepository).find(1), 'only here');
  });

  it('reads nothing from the environment', async () => {
    process.env['MAX_BODY_BYTES'] = 'nonsense';
    try {
      await using application = await testApplication({ controllers: [NoteController] });
      assert.equal(application.application.options.maxBodyBytes, 1024 * 1024);
    } finally {
      delete process.env['MAX_BODY_BYTES'];
    }
  });

  it('logs only where it is asked to', async () => {
    const lines: string[] = [];
    const log = createLogger({ level: 'info', format: 'json', write: (line) => lines.push(line) });
    await using quiet = await testApplication({ controllers: [NoteController], log });
    await quiet.request('GET', '/notes/1');
    assert.deepEqual(lines, []);
    await using talking = await testApplication({ controllers: [NoteController], log, accessLog: true });
    await talking.request('GET', '/notes/1');
    await talking.close();
    assert.equal(lines.length, 1);
  });

  it('reports mistakes as the application does', async () => {
    await assert.rejects(testApplication({ controllers: [NoteController, NoteController2] }), StartupError);
    let disposed = 0;
    const repository = Object.assign(new NoteRepository(), { dispose: () => (disposed += 1) });
    const failing = testApplication({
      controllers: [NoteController],
      providers: [[NoteRepository, { useFactory: () => repository }]],
      onStart: () => assert.fail('no database'),
      onClose: () => (disposed += 1),
    });
    await assert.rejects(failing, /no database/);
    assert.ok(disposed > 0);
  });

  it('opens event streams, by POST where there is a body', async () => {
    await using application = await testApplication({ controllers: CONTROLLERS });
    const numbers: number[] = [];
    const stream = await application.sse('/count', { query: { upTo: 3 }, headers: { 'Last-Event-ID': '1' } });
    for await (const event of stream) numbers.push(event.json());
    assert.deepEqual([numbers, stream.retryMs, stream.lastEventId], [[2, 3], 700, '3']);
    const words: string[] = [];
    for await (const { data } of await application.sse('/ask', { json: { text: 'to be or not' } })) words.push(data);
    assert.deepEqual(words, ['to', 'be', 'or', 'not']);
  });

  it('rejects with status and problem where there is no event stream', async () => {
    await using application = await testApplication({ controllers: CONTROLLERS });
    await assert.rejects(application.sse('/count'), (error: Error & { problem?: { code: string } }) => {
      assert.equal(error.problem?.code, 'VALIDATION_FAILED');
      return true;
    });
    await assert.rejects(application.sse('/ask', { method: 'GET' }), { status: 405 });
    await assert.rejects(application.sse('/count', { query: { upTo: 0 } }), { status: 204, problem: undefined });
  });

  it('sees heartbeats while a stream says nothing', async () => {
    await using application = await testApplication({ controllers: CONTROLLERS });
    const stream = await application.sse('/silence');
    while (!stream.comments.includes('heartbeat')) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(stream.comments[0], 'hush');
  });

  it('shows how the application itself ends what is open', async () => {
    await using application = await testApplication({ controllers: CONTROLLERS });
    const stream = await application.sse('/silence');
    const socket = await application.webSocket('/rooms/tea');
    const [ended] = await Promise.all([stream.next(), application.application.close()]);
    assert.equal(ended, undefined);
    assert.equal(typeof stream.retryMs, 'number');
    assert.equal((await socket.closed).code, 1012);
  });
});

describe('TestApplication.close', () => {
  it('closes all that was opened through it, tells the handlers, and leaves nothing behind', {
    timeout: 20_000,
  }, async () => {
    NoteController.aborted.length = 0;
    RoomController.left.length = 0;
    const application = await testApplication({ controllers: CONTROLLERS });
    const cut = assert.rejects(application.request('GET', '/never'), /the test application was closed/);
    const stream = await application.sse('/silence');
    const next = stream.next();
    const [open, paused] = [await application.webSocket('/rooms/tea'), await application.webSocket('/rooms/tea')];
    paused.ws.pause();
    await open.next();
    const message = assert.rejects(open.next(), /closed with 1000/);
    while (application.application.requestsInFlight.length < 4) await new Promise(setImmediate);
    const closing = application.close();
    assert.equal(application.close(), closing);
    await closing;
    await Promise.all([cut, message]);
    assert.equal(await next, undefined);
    assert.deepEqual(NoteController.aborted.toSorted(), ['/never', '/silence']);
    assert.deepEqual(RoomController.left.toSorted(), [1000, 1000]);
    await assert.rejects(application.request('GET', '/notes/1'), { code: 'ECONNREFUSED' });
    while (process.getActiveResourcesInfo().some((kind) => LEAKS.has(kind))) await new Promise(setImmediate);
  });

  it('lets a request be forgotten that is cut by it', async () => {
    const application = await testApplication({ controllers: CONTROLLERS });
    void application.request('GET', '/never');
    void application.webSocket('/rooms/tea');
    void application.sse('/silence');
    while (application.application.requestsInFlight.length === 0) await new Promise(setImmediate);
    await application.close();
  });

  it('cuts a socket whose server does not answer the close frame', async () => {
    const application = await testApplication({ controllers: CONTROLLERS });
    const socket = await application.webSocket('/rooms/tea');
    await socket.next();
    socket.ws.close = () => undefined; // the close frame is never sent, so it is never answered
    await application.close();
    assert.equal((await socket.closed).code, 1006);
  });

  it('runs when the scope is left', async () => {
    let closed = 0;
    {
      await using application = await testApplication({ controllers: [NoteController], onClose: () => (closed += 1) });
      assert.equal((await application.request('GET', '/notes/1')).status, 404);
    }
    assert.equal(closed, 1);
  });
});

@Controller('/notes')
class NoteController2 {
  @Http('GET', '/:other')
  find() {
    return 'the same path';
  }
}

/** What would keep the process alive. */
const LEAKS: ReadonlySet<string> = new Set(['TCPServerWrap', 'TCPSocketWrap', 'Timeout']);
