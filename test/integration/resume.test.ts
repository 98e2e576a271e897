import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { WebSocket as Ws } from 'ws';
import type { SetOptions } from '#src/channels/store.js';
import { until } from '../until.js';
import { done, SharedChannels, SharedStore, Stage } from './resume-stage.js';

describe('a resumable WebSocket', () => {
  let stage: Stage;
  before(async () => {
    stage = new Stage(new SharedChannels());
    await stage.start();
    await stage.start();
  });
  after(() => stage.close());

  it('goes on on another instance with what it has missed, in order and once', async () => {
    stage.goTo(0);
    const client = stage.client();
    const other = stage.client();
    await client.opened();
    await other.opened();
    await client.connection.request({ type: 'say', text: 'one' });
    await until(() => client.messages.length === 1);
    stage.goTo(1);
    client.cut();
    await client.tells('cut 1006');
    await other.connection.request({ type: 'say', text: 'two' });
    await other.connection.request({ type: 'say', text: 'three' });
    await client.tells('resumed');
    await other.connection.request({ type: 'say', text: 'four' });
    await until(() => client.messages.length >= 4);
    const said = ['one', 'two', 'three', 'four'].map((text) => ({ said: text }));
    assert.deepEqual(client.messages, said);
    assert.deepEqual(other.messages, said);
    assert.deepEqual(client.told, ['open', 'cut 1006', 'resumed']);
    client.connection.close();
    other.connection.close();
    await until(() => stage.served.every(({ app }) => app.requestsInFlight.length === 0));
  });

  it('answers a request that was cut off once, and its handler runs once', async () => {
    stage.goTo(0);
    const client = stage.client();
    await client.opened();
    let open: (value?: unknown) => void = () => undefined;
    done.gate = new Promise((resolve) => (open = resolve));
    done.handled.length = 0;
    const answer = client.connection.request({ type: 'slow', n: 1 });
    await until(() => done.handled.length === 1);
    stage.goTo(1);
    client.cut();
    await client.tells('resumed');
    // Sent again, it reaches the other instance, which knows that it is being handled.
    const next = client.connection.request({ type: 'say', text: 'after' });
    assert.deepEqual(await next, { heard: 'after' });
    open();
    assert.deepEqual(await answer, { n: 1 });
    assert.deepEqual(done.handled, [1]);
    await until(() => client.messages.length === 2);
    assert.deepEqual(client.messages, [{ said: 'after' }, { aside: 1 }]);
    client.connection.close();
  });

  it('has one answer to a request that could not be claimed before it was cut off, and was handled elsewhere', async () => {
    let fail: (error: Error) => void = () => undefined;
    const stuck = new Promise<boolean>((_resolve, reject) => (fail = reject));
    const ready = stage.served.length;
    /** A store that does not answer this instance. */
    class Stuck extends SharedStore {
      override get<Value>(key: string): Promise<Value | undefined> {
        return stage.store.get(key);
      }
      override set(key: string, value: unknown, options: SetOptions = {}): Promise<boolean> {
        return options.ifAbsent === true ? stuck : stage.store.set(key, value, options);
      }
    }
    const served = await stage.start({ store: new Stuck() });
    stage.goTo(ready);
    const client = stage.client();
    await client.opened();
    done.gate = Promise.resolve();
    const answer = client.connection.request({ type: 'slow', n: 5 });
    await until(() => served.app.requestsInFlight.length === 1);
    stage.goTo(1);
    client.cut();
    assert.deepEqual(await answer, { n: 5 });
    fail(new Error('the store is away'));
    await until(() => served.app.requestsInFlight.length === 0);
    assert.deepEqual(await client.connection.request({ type: 'say', text: 'after' }), { heard: 'after' });
    await until(() => client.messages.length >= 2);
    assert.deepEqual(client.messages, [{ aside: 5 }, { said: 'after' }]);
    client.connection.close();
  });

  it('rejects a request that could not be claimed', async () => {
    const ready = stage.served.length;
    /** A store that takes sessions, and no claims. */
    class Away extends SharedStore {
      override set(key: string, value: unknown, options: SetOptions = {}): Promise<boolean> {
        return options.ifAbsent === true ? Promise.reject(new Error('away')) : super.set(key, value, options);
      }
    }
    await stage.start({ store: new Away() });
    stage.goTo(ready);
    const client = stage.client();
    await client.opened();
    await assert.rejects(client.connection.request({ type: 'say', text: 'x' }), { code: 'UNAVAILABLE' });
    assert.deepEqual(client.messages, []);
    client.connection.close();
  });

  it('keeps what is sent while there is no connection, and sends it in order', async () => {
    stage.goTo(0);
    const client = stage.client();
    await client.opened();
    client.cut();
    await client.tells('cut 1006');
    const answers = [1, 2, 3].map((n) => client.connection.request({ type: 'say', text: String(n) }));
    client.connection.send({ type: 'say', text: '4' });
    await Promise.all(answers);
    await until(() => client.messages.filter((message) => 'said' in (message as object)).length === 4);
    const said = client.messages.filter((message) => 'said' in (message as object));
    assert.deepEqual(
      said,
      ['1', '2', '3', '4'].map((text) => ({ said: text })),
    );
    client.connection.close();
  });

  it('carries every kind of message to one client, in order', async () => {
    stage.goTo(0);
    const client = stage.client();
    await client.opened();
    const messages = ['text', '{"json":true}', '', 0, false, null, { a: [1] }, ['x']];
    await client.connection.request({ type: 'send', messages });
    const expected = ['text', { json: true }, '', 0, false, null, { a: [1] }, ['x']];
    assert.deepEqual(client.messages.slice(0, -2), expected);
    assert.deepEqual(
      client.messages.slice(-2).map((bytes) => [...new Uint8Array(bytes as ArrayBuffer)]),
      [[1, 2, 255], [7]],
    );
    client.connection.close();
  });

  it('leaves out the sender, also when it reads again what it has missed', async () => {
    stage.goTo(0);
    const [client, other] = [stage.client(), stage.client()];
    await client.opened();
    await other.opened();
    await client.connection.request({ type: 'others', text: 'not for me' });
    client.cut();
    await client.tells('resumed');
    await other.connection.request({ type: 'say', text: 'for all' });
    await until(() => client.messages.length === 1 && other.messages.length === 2);
    assert.deepEqual(client.messages, [{ said: 'for all' }]);
    assert.deepEqual(other.messages, [{ said: 'not for me' }, { said: 'for all' }]);
    client.connection.close();
    other.connection.close();
  });

  it('is a member of its channel while it is connected, and again when it is resumed', async () => {
    stage.goTo(0);
    const client = stage.client('/chat/members');
    await client.opened();
    const members = async () => (await stage.channels.members('room:members')).map(({ data }) => data);
    assert.deepEqual(await members(), [{ room: 'members' }]);
    stage.goTo(1);
    client.cut();
    await client.tells('resumed');
    await client.connection.request({ type: 'say', text: 'here' });
    assert.deepEqual(await members(), [{ room: 'members' }]);
    client.connection.close();
    await until(() => stage.served.every(({ app }) => app.requestsInFlight.length === 0));
    assert.deepEqual(await members(), []);
  });

  it('gets nothing of a channel that it has left, after an interruption neither', async () => {
    stage.goTo(0);
    const client = stage.client();
    await client.opened();
    await client.connection.request({ type: 'leave' });
    client.cut();
    await client.tells('resumed');
    await client.connection.request({ type: 'say', text: 'unheard' });
    await client.connection.request({ type: 'send', messages: ['last'] });
    assert.equal(client.messages[0], 'last');
    client.connection.close();
  });

  it('answers what fails with a problem, and a session lives on', async () => {
    stage.goTo(0);
    const client = stage.client();
    await client.opened();
    await assert.rejects(client.connection.request({ type: 'fail' }), { code: 'INTERNAL' });
    await assert.rejects(client.connection.request({ type: 'nobody' }), { code: 'UNKNOWN_MESSAGE' });
    assert.deepEqual(await client.connection.request({ type: 'say', text: 'x' }), { heard: 'x' });
    client.connection.close();
  });

  it('is a new session where the old one is over, and says so', async () => {
    stage.goTo(0);
    const client = stage.client();
    await client.opened();
    const { secret } = client;
    await stage.store.delete(`session:${secret}`);
    done.opens.length = 0;
    client.cut();
    await client.tells('session-lost');
    await client.opened();
    assert.deepEqual(done.opens, ['new']);
    assert.deepEqual(await client.connection.request({ type: 'say', text: 'x' }), { heard: 'x' });
    client.connection.close();
  });

  it('says which channel has a gap', async () => {
    const small = new Stage(new SharedChannels({ maxMessages: 3 }));
    await small.start();
    const client = small.client();
    await client.opened();
    await small.channels.publish('room:tea', 1);
    await until(() => client.messages.length === 1);
    client.cut();
    await client.tells('cut 1006');
    await Promise.all([2, 3, 4, 5, 6].map((n) => small.channels.publish('room:tea', n)));
    await client.tells('gap room:tea');
    await until(() => client.messages.length === 4);
    assert.deepEqual(client.messages, [1, 4, 5, 6]);
    client.connection.close();
    await small.close();
  });

  it('reports no gap of its own messages after a long silence', async () => {
    const quiet = new Stage(new SharedChannels({ maxAgeMs: 30 }));
    await quiet.start();
    const client = quiet.client();
    await client.opened();
    await client.connection.request({ type: 'send', messages: ['kept for 30 ms'] });
    await until(() => client.messages.length === 3);
    let open: (value?: unknown) => void = () => undefined;
    client.mayConnect = new Promise((resolve) => (open = resolve));
    client.cut();
    await client.tells('cut 1006');
    // Forgotten when its time is up and others publish.
    await until(() => {
      void quiet.channels.publish('other', 1);
      return quiet.channels.size === 1;
    });
    open();
    await client.tells('resumed');
    await client.connection.request({ type: 'say', text: 'x' });
    assert.ok(!client.told.includes('gap undefined'), client.told.join());
    client.connection.close();
    await quiet.close();
  });

  it('goes on when its instance ends in good order, and when the time of the invocation is up', async () => {
    const leaving = new Stage(new SharedChannels());
    await leaving.start({ executionTimeoutMs: 300 });
    await leaving.start();
    const client = leaving.client();
    const speaker = leaving.client();
    await client.opened();
    await speaker.opened();
    let n = 0;
    const say = async () => void (await speaker.connection.request({ type: 'say', text: String(n++) }));
    await say();
    // The deadline's close comes first, and leads back to the same instance.
    await client.tells('resumed');
    assert.ok(client.told.includes('cut 1012'));
    await say();
    leaving.goTo(1);
    const [first] = leaving.served;
    const ended = first?.close();
    while (n < 20) await say();
    await ended;
    await until(() => client.messages.length >= n);
    assert.deepEqual(
      client.messages,
      Array.from({ length: n }, (_, index) => ({ said: String(index) })),
    );
    client.connection.close();
    speaker.connection.close();
    await leaving.close();
  });
});

describe('a session', () => {
  let stage: Stage;
  before(async () => {
    stage = new Stage(new SharedChannels());
    await stage.start();
  });
  after(() => stage.close());

  /** The frames of a client that says what it wants. */
  async function greet(hello: unknown, path = '/chat/tea', protocols = ['yunction.resume']) {
    const socket = new Ws(`${stage.served[0]?.url.replace('http', 'ws')}${path}`, protocols);
    const frames: Record<string, unknown>[] = [];
    let code = 0;
    socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString()) as Record<string, unknown>));
    socket.on('close', (closeCode) => (code = closeCode));
    socket.on('open', () => socket.send(typeof hello === 'string' ? hello : JSON.stringify(hello)));
    await until(() => frames.length > 0 || code > 0);
    return { socket, frames, closed: () => until(() => code > 0), code: () => code };
  }

  it('is greeted with an id that nobody can guess', async () => {
    const { socket, frames } = await greet({});
    assert.match(String(frames[0]?.['s']), /^[\w-]{32}$/);
    assert.equal(frames[0]?.['r'], false);
    socket.close();
  });

  it('belongs to its path and to its identity: another gets a new one', async () => {
    const first = await greet({}, '/chat/tea?user=ada');
    const session = first.frames[0]?.['s'];
    first.socket.terminate();
    for (const path of ['/chat/milk?user=ada', '/chat/tea?user=eve', '/chat/tea']) {
      const other = await greet({ s: session }, path);
      assert.equal(other.frames[0]?.['r'], false, path);
      assert.notEqual(other.frames[0]?.['s'], session);
      other.socket.terminate();
    }
    const own = await greet({ s: session }, '/chat/tea?user=ada');
    assert.deepEqual(own.frames[0], { s: session, r: true });
    own.socket.terminate();
  });

  it('is one connection’s at a time: the one before is cut', async () => {
    const first = await greet({});
    const second = await greet({ s: first.frames[0]?.['s'] });
    await first.closed();
    assert.equal(first.code(), 1006);
    assert.equal(second.frames[0]?.['r'], true);
    second.socket.close();
  });

  it('shows nothing that was sent before it joined, whatever its client says', async () => {
    await stage.channels.publish('room:tea', 'a secret of those before');
    const first = await greet({});
    const session = first.frames[0]?.['s'];
    first.socket.send(JSON.stringify({ type: 'say', text: 'mine', id: 1 }));
    await until(() => first.frames.length >= 3);
    first.socket.terminate();
    for (const position of ['0-0', '999999999999999-0', '5-5', 'local-1']) {
      const again = await greet({ s: session, p: { 'room:tea': position, 'room:milk': '0-0' } });
      again.socket.send(JSON.stringify({ type: 'say', text: 'now', id: position }));
      await until(() => again.frames.some(({ d }) => (d as { said?: string } | undefined)?.said === 'now'));
      assert.ok(!JSON.stringify(again.frames).includes('secret'), position);
      again.socket.terminate();
    }
  });

  it('is not begun by anything but a greeting', async () => {
    for (const hello of ['[]nonsense', '1', 'null', { s: 5 }, { s: 'x'.repeat(65) }, { p: { a: 5 } }, { p: 'x' }]) {
      const { code, closed, frames } = await greet(hello);
      await closed();
      assert.deepEqual([code(), frames], [1008, []], JSON.stringify(hello));
    }
  });

  it('is over when its client says so', async () => {
    const first = await greet({});
    first.socket.close(1000);
    await first.closed();
    await until(() => stage.served[0]?.app.requestsInFlight.length === 0);
    const again = await greet({ s: first.frames[0]?.['s'] });
    assert.equal(again.frames[0]?.['r'], false);
    again.socket.close();
  });

  it('is nothing to a client that does not ask for one', async () => {
    const socket = new Ws(`${stage.served[0]?.url.replace('http', 'ws')}/chat/tea`);
    const frames: unknown[] = [];
    socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString())));
    await until(() => socket.readyState === Ws.OPEN);
    socket.send(JSON.stringify({ type: 'say', text: 'plain', id: 1 }));
    await until(() => frames.length === 2);
    assert.deepEqual(frames, [{ said: 'plain' }, { id: 1, result: { heard: 'plain' } }]);
    socket.close();
  });

  it('leaves nothing behind when it is over', async () => {
    const client = stage.client();
    await client.opened();
    await client.connection.request({ type: 'say', text: 'x' });
    const { secret } = client;
    client.connection.close();
    await until(() => stage.served[0]?.app.requestsInFlight.length === 0);
    assert.equal(await stage.store.get(`session:${secret}`), undefined);
    assert.equal(stage.channels.subscribers(`session:${secret}`), 0);
    assert.equal(stage.channels.subscribers('room:tea'), 0);
  });
});
