import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type StreamEvent, streamEvents, type StreamEventsOptions } from '#src/client/stream-events.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

interface Asked {
  readonly method: string | undefined;
  readonly lastEventId: string | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

/** An event stream that says this and then ends, or is cut off. */
function stream(text: string, cut = false): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(text, () => (cut ? response.destroy() : response.end()));
  };
}

const over: Answer = (_request, response) => response.writeHead(204).end();

function status(code: number, body = ''): Answer {
  return (_request, response) => response.writeHead(code, { 'Content-Type': 'application/problem+json' }).end(body);
}

describe('streamEvents', () => {
  let server: Server;
  let url: string;
  const answers: Answer[] = [];
  const asked: Asked[] = [];
  before(async () => {
    server = createServer((request, response) => {
      void (async () => {
        const chunks = await request.toArray();
        const { method, headers } = request;
        const lastEventId = headers['last-event-id'] as string | undefined;
        asked.push({ method, lastEventId, type: headers['content-type'], body: Buffer.concat(chunks).toString() });
        (answers.shift() ?? over)(request, response);
      })();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    answers.length = asked.length = 0;
  });

  async function read(options: StreamEventsOptions = {}): Promise<StreamEvent[]> {
    const events: StreamEvent[] = [];
    for await (const event of streamEvents(url, { backoff: { minMs: 1, maxMs: 5 }, ...options })) events.push(event);
    return events;
  }

  it('goes on with the last id until the server has no more', async () => {
    answers.push(
      stream('retry: 1\nid: 1\ndata: {"a":1}\n\n'),
      stream('id: 2\nevent: step\ndata: text\n\nid: 3\ndata: never ended\n', true),
      stream('data: last\n\n'),
    );
    assert.deepEqual(await read(), [
      { event: 'message', data: { a: 1 }, id: '1' },
      { event: 'step', data: 'text', id: '2' },
      { event: 'message', data: 'last', id: '2' },
    ]);
    assert.deepEqual(
      asked.map(({ lastEventId }) => lastEventId),
      [undefined, '1', '2', '2'],
    );
  });

  it('begins after an id that it is given, whatever its characters', async () => {
    assert.deepEqual(await read({ lastEventId: 'ü€' }), []);
    assert.equal(Buffer.from(asked[0]?.lastEventId ?? '', 'latin1').toString(), 'ü€');
  });

  it('sends a plain object as JSON by POST, and anything else as it is', async () => {
    await read({ body: { prompt: 'tea?' } });
    await read({ body: ['x'], method: 'PUT', headers: { 'Content-Type': 'application/x+json' } });
    await read({ body: 'text' });
    await read({ body: new URLSearchParams({ a: '1' }) });
    assert.deepEqual(
      asked.map(({ method, type, body }) => [method, type, body]),
      [
        ['POST', 'application/json', '{"prompt":"tea?"}'],
        ['PUT', 'application/x+json', '["x"]'],
        ['POST', 'text/plain;charset=UTF-8', 'text'],
        ['POST', 'application/x-www-form-urlencoded;charset=UTF-8', 'a=1'],
      ],
    );
  });

  it('makes a request that is no GET once, unless the stream has ids', async () => {
    answers.push(stream('data: 1\n\n'));
    assert.equal((await read({ body: {} })).length, 1);
    assert.equal(asked.length, 1);
    answers.push(stream('data: 1\n\n', true));
    await assert.rejects(read({ body: {} }));
    answers.push(stream('id: 1\ndata: 1\n\n', true), stream('id: 2\ndata: 2\n\n'));
    assert.deepEqual(
      (await read({ body: {} })).map(({ data }) => data),
      [1, 2],
    );
  });

  it('throws the problem of an HTTP error', async () => {
    answers.push(status(404, '{"code":"NOT_FOUND","status":404,"detail":"order 7"}'));
    await assert.rejects(read(), { code: 'NOT_FOUND', message: 'order 7' });
    answers.push(status(503, 'try later'));
    await assert.rejects(read(), { code: 'HTTP_503' });
    assert.equal(asked.length, 2);
  });

  it('throws for an answer that is no stream, and for a server that is not there', async () => {
    answers.push((_request, response) => response.end('<html>'));
    await assert.rejects(read(), { code: 'NO_STREAM', message: '<html>' });
    await assert.rejects(async () => {
      for await (const event of streamEvents('http://127.0.0.1:1/')) assert.fail(String(event));
    }, TypeError);
  });

  it('gets over a server that goes down and comes up, once it has begun', async () => {
    const cut: Answer = (request) => request.socket.destroy();
    answers.push(stream('id: 1\ndata: 1\n\n'), status(503), cut, status(502), status(429), stream('data: 2\n\n'));
    assert.deepEqual(
      (await read()).map(({ data }) => data),
      [1, 2],
    );
    answers.push(stream('id: 1\ndata: 1\n\n'), status(403, '{"code":"FORBIDDEN"}'));
    await assert.rejects(read(), { code: 'FORBIDDEN' });
  });

  it('reads data in a way of one’s own, and a mistake in it ends the stream', async () => {
    answers.push(stream('data: 12\n\n'));
    assert.deepEqual(
      (await read({ parse: (text, event) => `${event} ${text}` })).map(({ data }) => data),
      ['message 12'],
    );
    answers.push(stream('data: 12\n\n'));
    const parse = () => {
      throw new Error('mine');
    };
    await assert.rejects(read({ parse }), /mine/);
  });

  it('ends without an error when it is aborted, while it reads and while it waits', async () => {
    const open: Answer = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 1\n\n');
    };
    const reading = new AbortController();
    answers.push(open);
    const events: unknown[] = [];
    for await (const event of streamEvents(url, { signal: reading.signal })) {
      events.push(event.data);
      reading.abort();
    }
    assert.deepEqual(events, [1]);
    const waiting = new AbortController();
    answers.push(stream('retry: 60000\ndata: 1\n\n'));
    const source = streamEvents(url, { signal: waiting.signal });
    await source.next();
    const last = source.next();
    setTimeout(() => waiting.abort(), 20);
    assert.equal((await last).done, true);
    const before = AbortSignal.abort();
    assert.deepEqual(await read({ signal: before }), []);
  });

  it('closes its connection when the loop is left', async () => {
    let closed: Promise<void> | undefined;
    answers.push((_request, response) => {
      closed = new Promise((resolve) => response.on('close', () => resolve()));
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 1\n\n');
    });
    for await (const event of streamEvents(url)) {
      assert.equal(event.data, 1);
      break;
    }
    await closed;
    assert.equal(asked.length, 1);
  });
});
