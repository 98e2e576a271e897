import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { HttpContext, type Logger } from '#src/index.js';
import { fakeHttpContext } from '#src/testing/index.js';
import { NoteController, NoteRepository } from './notes.js';

describe('fakeHttpContext', () => {
  it('serves a handler that is called by itself', () => {
    const context = fakeHttpContext();
    assert.deepEqual(new NoteController(new NoteRepository()).write({ text: 'tea' }, context), { id: 1 });
    assert.equal(context.response.getHeader('location'), '/notes/1');
  });

  it('is a real context of a plain GET where nothing is said', () => {
    const context = fakeHttpContext();
    assert.ok(context instanceof HttpContext);
    assert.equal(context.method, 'GET');
    assert.equal(context.path, '/');
    assert.equal(context.httpContext.url, 'http://localhost/');
    assert.equal(context.ip, '127.0.0.1');
    assert.equal(context.eventType, 'http');
    assert.equal(context.deadline, Number.POSITIVE_INFINITY);
    assert.match(context.requestId, /^[\da-f-]{36}$/);
    assert.deepEqual({ ...context.query, ...context.cookies, ...context.params, ...context.state }, {});
  });

  it('shows what it is given where a real context would', () => {
    const context = fakeHttpContext<{ user?: string }>({
      method: 'POST',
      url: 'https://shop.example/orders/7?a=1',
      headers: { 'X-Tag': ['one', 'two'], Cookie: 'first=1' },
      params: { id: '7' },
      query: { b: ['2', '3'] },
      cookies: { second: 'ä;=' },
      ip: '192.0.2.1',
      requestId: 'request-1',
      state: { user: 'ann' },
    });
    assert.equal(context.method, 'POST');
    assert.equal(context.path, '/orders/7');
    assert.equal(context.headers.host, 'shop.example');
    assert.equal(context.headers['x-tag'], 'one, two');
    assert.deepEqual({ ...context.params }, { id: '7' });
    assert.deepEqual({ ...context.query }, { a: '1', b: ['2', '3'] });
    assert.deepEqual({ ...context.cookies }, { first: '1', second: 'ä;=' });
    assert.equal(context.ip, '192.0.2.1');
    assert.equal(context.requestId, 'request-1');
    assert.equal(context.state.user, 'ann');
  });

  it('fits a handler that wants state of its own', () => {
    const greet = (context: HttpContext<{ user: string; tenant: string }>) => `hello ${context.state.user}`;
    assert.equal(greet(fakeHttpContext({ state: { user: 'ann' } })), 'hello ann');
  });

  it('gives back any query and any cookie as it was given', () => {
    const text = fc.string({ unit: 'grapheme' });
    const name = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(fc.dictionary(name, text), fc.dictionary(name, text), (query, cookies) => {
        const context = fakeHttpContext({ query, cookies });
        assert.deepEqual({ ...context.query }, { ...query });
        assert.deepEqual({ ...context.cookies }, { ...cookies });
      }),
      { numRuns: 200 },
    );
  });

  it('refuses a request id that no real request could have', () => {
    assert.throws(() => fakeHttpContext({ requestId: 'two words' }), TypeError);
  });

  it('aborts its signal with the reason given, whether it was looked at before or not', () => {
    const [before, after] = [fakeHttpContext(), fakeHttpContext()];
    const { signal } = before;
    assert.equal(signal.aborted, false);
    before.abort();
    after.abort(new Error('gone'));
    assert.equal(signal.aborted, true);
    assert.equal((signal.reason as Error).name, 'AbortError');
    assert.equal((after.signal.reason as Error).message, 'gone');
  });

  it('has the deadline that it is given', () => {
    assert.equal(fakeHttpContext({ deadline: Date.now() - 1 }).remainingMs(), 0);
    assert.ok(fakeHttpContext({ deadline: Date.now() + 60_000 }).remainingMs() > 0);
  });

  it('writes to the log that it is given, with its request id', () => {
    const lines: unknown[] = [];
    const context = fakeHttpContext({ requestId: 'r-1', log: recordingLog(lines) });
    context.log.info({ order: 7 }, 'placed');
    assert.deepEqual(lines, [{ requestId: 'r-1' }, { order: 7 }, 'placed']);
  });

  it('records what is sent by its event stream', () => {
    const context = fakeHttpContext();
    const stream = context.sse();
    assert.equal(context.sse(), stream);
    stream.send('one');
    assert.deepEqual(stream.events, [{ data: 'one' }]);
  });

  it('closes its event stream when the client leaves, with the reason of the signal', () => {
    const context = fakeHttpContext();
    const stream = context.sse();
    let closed = 0;
    stream.on('close', () => {
      closed += 1;
      assert.equal(context.signal.aborted, true);
    });
    context.abort(new Error('gone'));
    context.abort();
    assert.equal(closed, 1);
    assert.equal(stream.closed, true);
    assert.equal((context.signal.reason as Error).message, 'gone');
  });

  it('opens no event stream for a client that has left', () => {
    const context = fakeHttpContext();
    context.abort();
    assert.throws(() => context.sse(), /the client has left/);
  });
});

/** A log that keeps what `child` and `info` are given. */
function recordingLog(lines: unknown[]): Logger {
  const info = (...given: unknown[]) => void lines.push(...given);
  const log: Logger = {
    trace: info,
    debug: info,
    info,
    warn: info,
    error: info,
    fatal: info,
    child: (fields) => {
      lines.push(fields);
      return log;
    },
  };
  return log;
}
