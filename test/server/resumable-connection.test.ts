import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WebSocket as Ws } from 'ws';
import { MemoryStore } from '#src/channels/memory-store.js';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { Controller } from '#src/decorators/controller.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { HttpError } from '#src/errors/http-error.js';
import { SharedChannels, Stage } from '../integration/resume-stage.js';
import { serve } from '../serve.js';
import { until } from '../until.js';

/** Channels that keep nothing of sessions while they are away. */
class Flaky extends SharedChannels {
  away = false;
  refused = 0;
  reason: Error = new Error('away');
  override async publish(...args: Parameters<SharedChannels['publish']>): Promise<string> {
    if (this.away && args[0].startsWith('session:')) {
      this.refused += 1;
      throw this.reason;
    }
    return super.publish(...args);
  }
}

class FlakyStore extends MemoryStore {
  away = false;
  override async set(...args: Parameters<MemoryStore['set']>): Promise<boolean> {
    if (this.away) throw new Error('away');
    return super.set(...args);
  }
}

@Controller()
class Spoken {
  @WebSocket('/spoken', { on: 'open', resume: true, protocols: ['tea.v2', 'tea.v1'] })
  open(_event: unknown, { ws }: WebSocketContext) {
    ws.send({ protocol: ws.protocol, resumed: ws.resumed, id: typeof ws.id });
  }
  @WebSocket('/refusing', { on: 'open', resume: true })
  refuse() {
    throw new Error('not today');
  }
  @WebSocket('/refusing', { on: 'close' })
  closed() {
    closes += 1;
  }
}

let closes = 0;

describe('ResumableConnection', () => {
  it('keeps what is sent while it cannot be kept elsewhere, and sends it in order', async () => {
    const channels = new Flaky();
    const stage = new Stage(channels);
    await stage.start();
    const client = stage.client();
    await client.opened();
    channels.away = true;
    const sent = client.connection.request({ type: 'send', messages: [1, 2, 3] });
    await until(() => channels.refused >= 2);
    assert.deepEqual(client.messages, []);
    channels.away = false;
    await sent;
    assert.deepEqual(client.messages.slice(0, 3), [1, 2, 3]);
    assert.deepEqual(client.told, ['open']);
    client.connection.close();
    await stage.close();
  });

  it('ends the session, so that its client knows, where that takes too long', async () => {
    const channels = new Flaky();
    const stage = new Stage(channels);
    await stage.start({ resumeMs: 1000 });
    const client = stage.client();
    await client.opened();
    channels.away = true;
    const lost = client.connection.request({ type: 'send', messages: ['lost'] });
    await assert.rejects(lost, { code: 'LOST' });
    await client.tells('session-lost');
    assert.ok(client.told.includes('cut 1011'));
    channels.away = false;
    assert.deepEqual(await client.connection.request({ type: 'say', text: 'again' }), { heard: 'again' });
    client.connection.close();
    await stage.close();
  });

  it('sends nothing again that may be there already: it ends the session', async () => {
    const channels = new Flaky();
    const stage = new Stage(channels);
    await stage.start();
    const client = stage.client();
    await client.opened();
    channels.away = true;
    channels.reason = HttpError.of('PUBLISH_UNCERTAIN');
    const lost = client.connection.request({ type: 'send', messages: ['once'] });
    await client.tells('cut 1011');
    channels.away = false;
    await assert.rejects(lost, { code: 'LOST' });
    assert.deepEqual([channels.refused, client.messages], [1, []]);
    client.connection.close();
    await stage.close();
  });

  it('handles no message that it cannot note, and says so', async () => {
    const store = new FlakyStore();
    const stage = new Stage(new SharedChannels(), store);
    const served = await stage.start();
    const client = stage.client();
    await client.opened();
    store.away = true;
    await assert.rejects(client.connection.request({ type: 'say', text: 'x' }), { code: 'UNAVAILABLE' });
    store.away = false;
    assert.deepEqual(await client.connection.request({ type: 'say', text: 'y' }), { heard: 'y' });
    await until(() => client.messages.length === 1);
    assert.deepEqual(client.messages, [{ said: 'y' }]);
    client.connection.close();
    await until(() => served.app.requestsInFlight.length === 0);
    await stage.close();
  });

  it('waits for a client that reads slowly, instead of cutting it off', async () => {
    const stage = new Stage(new SharedChannels());
    await stage.start({ maxBufferedBytes: 64 * 1024 });
    const client = stage.client();
    await client.opened();
    client.socket.pause();
    const big = 'x'.repeat(50_000);
    // Far more than the network, its buffers and the limit take together.
    const count = 400;
    for (let index = 0; index < count; index += 1) await stage.channels.publish('room:tea', { index, big });
    client.socket.resume();
    await until(() => client.messages.length === count);
    const indices = client.messages.map((message) => (message as { index: number }).index);
    assert.deepEqual(
      indices,
      Array.from({ length: count }, (_, index) => index),
    );
    assert.deepEqual(client.told, ['open']);
    client.connection.close();
    await stage.close();
  });

  it('speaks the subprotocol of sessions, and shows its handlers the route’s own', async () => {
    const served = await serve({ controllers: [Spoken] });
    const frames: unknown[] = [];
    const socket = new Ws(`${served.url.replace('http', 'ws')}/spoken`, ['yunction.resume', 'tea.v1', 'tea.v2']);
    socket.on('open', () => socket.send('{}'));
    socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString()).d));
    await until(() => frames.length === 2);
    assert.equal(socket.protocol, 'yunction.resume');
    assert.deepEqual(frames[1], { protocol: 'tea.v2', resumed: false, id: 'string' });
    socket.close();
    await served.close();
  });

  it('tells why it is closed where open fails; where nobody has greeted, it has neither open nor close', async () => {
    const served = await serve({ controllers: [Spoken] });
    const url = `${served.url.replace('http', 'ws')}/refusing`;
    const frames: { d?: { error?: { code: string } } }[] = [];
    const refused = new Ws(url, ['yunction.resume']);
    let code = 0;
    refused.on('open', () => refused.send('{}'));
    refused.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString())));
    refused.on('close', (closeCode) => (code = closeCode));
    await until(() => code > 0);
    assert.deepEqual([code, frames[1]?.d?.error?.code], [1011, 'INTERNAL']);
    await until(() => closes === 1);
    const silent = new Ws(url, ['yunction.resume']);
    await until(() => silent.readyState === Ws.OPEN);
    const { cut } = await served.app.close();
    assert.deepEqual([cut, closes], [0, 1]);
  });
});
