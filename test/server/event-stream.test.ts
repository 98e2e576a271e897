import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import type { HttpContext } from '#src/context/http-context.js';
import { SseContext } from '#src/context/sse-context.js';
import type { SseStream } from '#src/context/sse-stream.js';
import { SseClient } from '../integration/sse-client.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';

/** The stream that a handler opened last, for the test to write on. */
let stream: SseStream;
let context: HttpContext;

@Controller()
class Hand {
  @Sse('/hand')
  hand(_event: unknown, given: SseContext) {
    context = given;
    stream = given.sse();
    stream.send('first');
  }
  @Sse('/unopened')
  async unopened(_event: unknown, given: SseContext) {
    context = given;
    stream = given.sse();
    await new Promise((resolve) => given.signal.addEventListener('abort', resolve));
  }
  @Http('GET', '/plain')
  plain(_event: unknown, given: HttpContext) {
    context = given;
    return 'plain';
  }
}

describe('EventStream', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Hand], maxBufferedBytes: 16 << 20, sseOpenMs: 60_000 });
  });
  after(() => served.close());
  const open = async () => {
    const client = await SseClient.open(`${served.url}/hand`);
    await client.has('first');
    return client;
  };

  it('is the same at every call of context.sse()', async () => {
    const client = await open();
    assert.equal(context.sse(), stream);
    stream.end();
    await client.whole();
  });

  it('is closed already when a close listener runs, and takes nothing any more', async () => {
    const client = await open();
    let closedInside: boolean | undefined;
    stream.on('close', () => (closedInside = stream.closed));
    client.leave();
    await until(() => closedInside !== undefined);
    assert.equal(closedInside, true);
    assert.equal(stream.send('late'), false);
    assert.equal(stream.send(['late']), false);
    stream.end('late');
    await stream.drained();
    assert.equal(context.signal.aborted, true);
  });

  it('ends once, with its last event', async () => {
    const client = await open();
    stream.end('last');
    stream.end('never');
    assert.equal(await client.whole(), 'data: first\n\ndata: last\n\n');
  });

  it('tells when to wait, and resolves drained() when the client reads or leaves', async () => {
    const client = await open();
    client.response.pause();
    while (stream.send('x'.repeat(65_536)));
    const drained = Promise.all([stream.drained(), stream.drained()]);
    client.response.resume();
    await drained;
    assert.equal(stream.send('goes on'), true);
    client.response.pause();
    while (stream.send('x'.repeat(65_536)));
    const abandoned = stream.drained();
    client.leave();
    await abandoned;
    // What the client's side still had room for may have drained before it left.
    await until(() => stream.closed);
  });

  it('waits for no drain where nothing waits', async () => {
    const client = await open();
    await stream.drained();
    stream.end();
    await client.whole();
  });

  it('releases what it holds when the client leaves before the headers', async () => {
    const asked = new AbortController();
    const answer = fetch(`${served.url}/unopened`, { signal: asked.signal });
    await until(() => served.app.requestsInFlight.length === 1 && stream !== undefined && !stream.closed);
    asked.abort();
    await assert.rejects(answer);
    await until(() => stream.closed);
    await until(() => served.app.requestsInFlight.length === 0);
  });

  it('cannot be opened when another answer has begun', async () => {
    assert.equal(await (await fetch(`${served.url}/plain`)).text(), 'plain');
    assert.throws(() => context.sse(), /the answer has begun already/);
  });
});
