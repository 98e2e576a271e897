// Rows 44-49 of the catalogue: event streams, and clients that do not read, leave, or come back with nonsense.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { EventSource } from 'eventsource';
import { Channels } from '#src/channels/channels.js';
import { SseContext } from '#src/context/sse-context.js';
import type { SseEvent } from '#src/context/sse-stream.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { redirect } from '#src/server/result.js';
import { head, RawClient } from '../integration/http-raw-client.js';
import { SseClient } from '../integration/sse-client.js';
import { until } from '../until.js';
import { catalogue, codeOf } from './catalogue.js';

const HOSTILE: readonly (readonly [string, object])[] = ['\r', '\n', '\r\n', '\0', 'a\ndata: forged\n\n'].flatMap(
  (text) =>
    [
      [`event ${JSON.stringify(text)}`, { data: 1, event: text }],
      [`id ${JSON.stringify(text)}`, { data: 1, id: text }],
      [`retry ${JSON.stringify(text)}`, { data: 1, retry: text }],
    ] as const,
);

let refused: string[] = [];
let ended = 0;
let written = 0;

@Controller()
class Streams {
  constructor(private readonly channels: Channels) {}

  @Sse('/hostile')
  hostile(_event: unknown, context: SseContext) {
    const stream = context.sse();
    for (const [what, event] of HOSTILE) {
      try {
        stream.send(event as SseEvent);
      } catch (error) {
        if (error instanceof TypeError) refused.push(what);
      }
    }
    stream.send({ data: 'one\rtwo\r\nthree\nid: forged', comment: 'a\rdata: forged' });
    stream.end({ data: 'end', event: 'end' });
  }
  @Sse('/yields-hostile')
  async *yieldsHostile() {
    yield 'first';
    yield { data: 1, id: '1\nevent: forged' };
  }
  @Sse('/flood')
  flood(_event: unknown, context: SseContext) {
    const stream = context.sse();
    written = 0;
    const timer = setInterval(() => {
      written += 1;
      stream.send('x'.repeat(65_536));
    }, 1);
    stream.on('close', () => {
      clearInterval(timer);
      ended += 1;
    });
  }
  @Sse('/flood-generator')
  async *floodGenerator() {
    written = 0;
    try {
      for (;;) {
        written += 1;
        yield 'x'.repeat(65_536);
        await new Promise((resolve) => void setImmediate(resolve));
      }
    } finally {
      ended += 1;
    }
  }
  @Sse('/quiet')
  async *quiet(_event: unknown, context: SseContext) {
    try {
      yield 'first';
      await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
    } finally {
      ended += 1;
    }
  }
  @Sse('/feed/:name')
  feed(_event: unknown, context: SseContext) {
    const after = context.lastEventId;
    const { signal } = context;
    return this.channels.subscribe(`${context.params['name']}`, after === undefined ? { signal } : { after, signal });
  }
  @Sse('/fails-before')
  async *failsBefore() {
    yield await Promise.reject<string>(new Error('a secret reason'));
  }
  @Sse('/fails-after')
  async *failsAfter() {
    yield 'first';
    throw new Error('a secret reason');
  }
  @Http('GET', '/moved')
  moved() {
    return redirect('/hostile', 307);
  }
  @Sse('/nothing')
  async *nothing(): AsyncGenerator<string> {
    // no event: do not come back
  }
}

describe('the catalogue: event streams', () => {
  const row = catalogue({
    controllers: [Streams],
    keepAliveTimeoutMs: 300,
    sseHeartbeatMs: 40,
    sseOpenMs: 50,
    channelMaxMessages: 5,
  });

  row(
    44,
    'what would break the framing throws a TypeError in the sender; line breaks in data are kept',
    async (server) => {
      refused = [];
      const events: string[] = [];
      const source = new EventSource(`${server.served.url}/hostile`);
      source.addEventListener('message', ({ data, lastEventId }) => void events.push(`${lastEventId}|${String(data)}`));
      await new Promise((resolve) => source.addEventListener('end', resolve));
      source.close();
      assert.deepEqual(events, ['|one\ntwo\nthree\nid: forged']);
      assert.deepEqual(
        refused,
        HOSTILE.map(([what]) => what),
      );
    },
  );

  row(
    44,
    'a hostile field of a generator ends its stream with an error event, and is logged',
    async (server) => {
      const client = await SseClient.open(`${server.served.url}/yields-hostile`);
      const text = await client.whole();
      assert.match(text, /^data: first\n\nevent: error\ndata: \{[^\n]*"INTERNAL"[^\n]*\}\n\n$/);
      assert.equal(server.errors.length, 1);
    },
    { logsErrors: true },
  );

  row(
    45,
    'a client that never reads is cut at 1 MiB with one line, and a generator is not pulled on',
    async (server) => {
      ended = 0;
      const client = await RawClient.open(server.port);
      client.socket.pause();
      client.write(head('GET /flood'));
      await until(() => ended === 1);
      // 1 MiB of ours, and what the kernel's buffers took.
      assert.ok(written < 500, `${written} events of 64 KiB`);
      assert.equal(server.lines.filter(({ msg }) => msg.includes('does not read')).length, 1);
      await client.destroy();

      const slow = await RawClient.open(server.port);
      slow.socket.pause();
      slow.write(head('GET /flood-generator'));
      for (let before = -1; written === 0 || before !== written; ) {
        before = written;
        for (let turn = 0; turn < 20; turn++) await server.ask(head('GET /good'));
      }
      assert.ok(written < 500, `${written} events of 64 KiB`);
      await slow.reset();
      await until(() => ended === 2);
    },
  );

  row(46, 'a client that is gone ends the generator; silence is filled with comments', async (server) => {
    ended = 0;
    const client = await SseClient.open(`${server.served.url}/quiet`);
    await client.has(': heartbeat\n'); // what shows a half-open connection to be dead
    client.leave();
    await until(() => ended === 1);
    const many = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const raw = await RawClient.open(server.port);
        raw.write(head('GET /quiet'));
        await raw.response('HEAD');
        return raw;
      }),
    );
    await Promise.all(many.map((raw, index) => (index % 2 === 0 ? raw.reset() : raw.destroy())));
    await until(() => ended === 51);
  });

  row(47, 'a Last-Event-ID that cannot be continued is answered with a gap, never in silence', async (server) => {
    const channels = server.served.app.resolve(Channels);
    const ids: string[] = [];
    for (let number = 1; number <= 12; number++) ids.push(await channels.publish('kept', { number }));
    const other = await channels.publish('other', 'x');
    const answer = async (lastEventId: string) => {
      const client = await SseClient.open(`${server.served.url}/feed/kept`, {
        headers: { 'Last-Event-ID': lastEventId },
      });
      assert.equal(client.status, 200);
      await channels.publish('kept', { number: 'now' });
      await client.has('"now"');
      client.leave();
      return client.text;
    };
    for (const bad of [
      'garbage',
      '1; DROP TABLE',
      '-1',
      '0',
      ids[0] ?? '',
      '99999999999999-0',
      `${'9'.repeat(30)}-0`,
      '+',
      '$',
      '*',
      'x'.repeat(10 * 1024),
      other,
      '../..',
      '1-2-3',
      `${other}x`,
    ]) {
      const text = await answer(bad);
      assert.match(text, /event: gap\ndata: null\n/, `${bad.slice(0, 30)}: ${text}`);
    }
    const ten = await channels.publish('kept', { number: 'ten' });
    await channels.publish('kept', { number: 'eleven' });
    const continued = await answer(ten);
    assert.doesNotMatch(continued, /event: gap|"ten"/);
    assert.match(continued, /"eleven"/);
  });

  row(
    48,
    'a generator that throws before the first byte is 500, after it an event named error; one line each',
    async (server) => {
      const before = await server.ask(head('GET /fails-before'));
      assert.equal(`${before.status} ${codeOf(before)}`, '500 INTERNAL');
      assert.equal(server.errors.length, 1);
      const after = await server.ask(head('GET /fails-after'));
      assert.equal(after.status, 200);
      assert.ok(after.whole);
      assert.match(after.body, /data: first\n\nevent: error\ndata: \{[^\n]*\}\n\n$/);
      assert.doesNotMatch(`${before.body}${after.body}`, /secret reason/);
      assert.equal(server.errors.length, 2);
    },
    { logsErrors: true },
  );

  row(
    49,
    '204 stops, a redirect is followed, HEAD has the headers alone, and no cache or proxy may hold events back',
    async (server) => {
      const none = await server.ask(head('GET /nothing'));
      assert.equal(none.status, 204);
      const moved = new EventSource(`${server.served.url}/moved`);
      await new Promise((resolve) => moved.addEventListener('end', resolve));
      moved.close();
      ended = 0;
      const asHead = await server.ask(head('HEAD /quiet', { 'Accept-Encoding': 'gzip' }));
      assert.equal(asHead.status, 200);
      assert.equal(asHead.headers.get('content-type')?.[0], 'text/event-stream; charset=utf-8');
      // no-transform keeps compressing proxies away; no-cache and not no-store: docs/design.md, section 8.
      assert.equal(asHead.headers.get('cache-control')?.[0], 'no-cache, no-transform');
      assert.equal(asHead.headers.get('x-accel-buffering')?.[0], 'no');
      const client = await SseClient.open(`${server.served.url}/quiet`, { headers: { 'Accept-Encoding': 'gzip' } });
      await client.has('data: first\n\n');
      assert.equal(client.response.headers['content-encoding'], undefined);
      client.leave();
      await until(() => ended >= 1);
    },
  );
});
