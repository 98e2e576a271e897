import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  abortContext,
  type ContextSettings,
  HttpContext,
  responseHeadOf,
  setDeadline,
  setSseOpener,
} from '#src/context/http-context.js';
import type { SseStream } from '#src/context/sse-stream.js';
import { type Line, recordInto } from '../serve.js';

function contextOf(
  request: { method?: string; url?: string; headers?: Record<string, string> } = {},
  settings: Partial<ContextSettings> = {},
  lines: Line[] = [],
): HttpContext {
  return new HttpContext(
    { method: 'GET', url: '/', headers: {}, socket: { remoteAddress: '10.0.0.1' }, ...request },
    { id: '7' },
    {
      log: recordInto(lines),
      requestIdHeaders: ['x-request-id'],
      trustProxy: false,
      extendedContextKey: '',
      ...settings,
    },
  );
}

describe('an HttpContext', () => {
  it('gives the ids, the time and the kind', () => {
    const context = contextOf({ headers: { 'x-request-id': 'r-1' } });
    assert.deepEqual([context.requestId, context.eventID, context.ctxId], ['r-1', 'r-1', 'r-1']);
    assert.equal(context.eventType, 'http');
    assert.ok(Math.abs(Date.parse(context.timestamp) - Date.now()) < 60_000);
    const other = contextOf();
    assert.equal(other.requestId, other.requestId);
  });

  it('gives the request as it was sent', () => {
    const context = contextOf({ method: 'PUT', url: '/a%20b?x=1', headers: { host: 'h', cookie: 'a=%201; b=2; a=3' } });
    assert.deepEqual([context.method, context.path, context.ip], ['PUT', '/a%20b', '10.0.0.1']);
    assert.deepEqual({ ...context.params }, { id: '7' });
    assert.deepEqual({ ...context.cookies }, { a: ' 1', b: '2' });
    const { url, httpMethod, headers } = context.httpContext;
    assert.deepEqual([url, httpMethod, headers['host']], ['http://h/a%20b?x=1', 'PUT', 'h']);
  });

  it('parses the query once: text, or an array where a key is repeated', () => {
    const context = contextOf({ url: '/?a=1&b=x%2By&a=2&c&__proto__=p&bad=%zz' });
    assert.deepEqual(Object.entries(context.query), [
      ['a', ['1', '2']],
      ['b', 'x+y'],
      ['c', ''],
      ['__proto__', 'p'],
      ['bad', '%zz'],
    ]);
    assert.equal(context.query, context.query);
    assert.deepEqual(Object.keys(contextOf({ url: '/a' }).query), []);
  });

  it('believes the extended context only from the header that the option names', () => {
    const headers = { 'x-context': Buffer.from('{"a":1}').toString('base64') };
    assert.equal(contextOf({ headers }).extendedContext, undefined);
    assert.deepEqual(contextOf({ headers }, { extendedContextKey: 'x-context' }).extendedContext, { a: 1 });
  });

  it('aborts its signal once, also when it is asked for only afterwards', () => {
    const before = contextOf();
    const { signal } = before;
    assert.ok(!signal.aborted);
    abortContext(before, new Error('first'));
    abortContext(before, new Error('second'));
    assert.equal((signal.reason as Error).message, 'first');

    const after = contextOf();
    abortContext(after, new Error('early'));
    assert.equal((after.signal.reason as Error).message, 'early');
  });

  it('knows its deadline', () => {
    const context = contextOf();
    assert.deepEqual([context.deadline, context.remainingMs()], [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    setDeadline(context, Date.now() - 1);
    assert.equal(context.remainingMs(), 0);
  });

  it('has a log whose lines carry the request’s id', () => {
    const lines: Line[] = [];
    contextOf({ headers: { 'x-request-id': 'r-2' } }, {}, lines).log.warn({ a: 1 }, 'careful');
    assert.deepEqual(lines, [{ requestId: 'r-2', a: 1, level: 'warn', msg: 'careful' }]);
  });

  it('makes state and response when they are asked for, and always the same', () => {
    const context = contextOf();
    assert.equal(responseHeadOf(context), undefined);
    assert.equal(context.response, context.response);
    assert.equal(responseHeadOf(context), context.response);
    assert.equal(context.state, context.state);
  });

  it('opens an event stream only where there is an answer to make it of', () => {
    const context = contextOf();
    assert.throws(() => context.sse(), /no HTTP response is open/);
    const opened: unknown[] = [];
    const stream = {} as SseStream; // only handed on
    setSseOpener(context, {
      openSse: (options) => {
        opened.push(options);
        return stream;
      },
    });
    assert.equal(context.sse({ keepalive: false }), stream);
    assert.deepEqual(opened, [{ keepalive: false }]);
  });
});
