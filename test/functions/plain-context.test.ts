import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';

import { HttpContext } from '#src/context/http-context.js';
import { PlainContext } from '#src/functions/plain-context.js';
import { silent } from '../silent-log.js';

const OPEN = () => null;

function contextOf(headers: Record<string, string> = {}, extendedContextKey = ''): PlainContext {
  const request = { method: 'POST', url: '/a?b=1&b=2', headers: { host: 'h', 'x-request-id': 'id-1', ...headers } };
  const context = new HttpContext(request, {}, { ...silent, extendedContextKey });
  return new PlainContext(context, 'http://h/a?b=1&b=2', extendedContextKey, { sse: OPEN });
}

describe('PlainContext', () => {
  it('has the platform’s members for its own, in their order', () => {
    const context = contextOf();
    assert.deepEqual(Object.keys(context), ['ctxId', 'eventID', 'eventType', 'timestamp', 'httpContext', 'sse']);
    const { ctxId, eventID, eventType, timestamp, httpContext } = { ...context };
    assert.deepEqual([ctxId, eventID, eventType], ['id-1', 'id-1', 'http']);
    assert.equal(new Date(timestamp).toISOString(), timestamp);
    assert.deepEqual(httpContext, {
      url: 'http://h/a?b=1&b=2',
      httpMethod: 'POST',
      headers: { host: 'h', 'x-request-id': 'id-1' },
    });
  });

  it('is frozen, and so is what it holds of the request', () => {
    const context = contextOf();
    for (const part of [context, context.httpContext, context.httpContext.headers]) assert.ok(Object.isFrozen(part));
  });

  it('has what Yunction adds beside, out of sight of spreads and JSON', () => {
    const context = contextOf({ cookie: 'a=b' });
    assert.deepEqual([context.query['b'], context.cookies['a'], context.requestId], [['1', '2'], 'b', 'id-1']);
    assert.equal(context.signal.aborted, false);
    assert.equal(context.remainingMs(), Number.POSITIVE_INFINITY);
    context.response.setHeader('A', 'b');
    assert.deepEqual(
      [context.ip, context.state, typeof context.log.info, context.deadline],
      ['', {}, 'function', Infinity],
    );
    assert.equal('query' in { ...context } || JSON.stringify(context).includes('query"'), false);
  });

  const content = { userId: 'u1' };
  const json = JSON.stringify(content);
  for (const [how, value] of [
    ['base64', Buffer.from(json).toString('base64')],
    ['base64url', Buffer.from(json).toString('base64url')],
    ['gzip in base64', gzipSync(json).toString('base64')],
  ] as const) {
    it(`gives the extended context of ${how}, and not its header`, () => {
      const context = contextOf({ 'x-ext': value }, 'x-ext');
      assert.deepEqual(context.extendedContext, content);
      assert.equal('x-ext' in context.httpContext.headers, false);
    });
  }

  it('has no extended context unless the option names its header, nor an empty one', () => {
    assert.equal('extendedContext' in contextOf({ 'x-ext': Buffer.from(json).toString('base64') }), false);
    assert.equal('extendedContext' in contextOf({ 'x-ext': Buffer.from('{}').toString('base64') }, 'x-ext'), false);
    assert.equal('extendedContext' in contextOf({ 'x-ext': 'junk' }, 'x-ext'), false);
    assert.equal('extendedContext' in contextOf({}, 'x-ext'), false);
  });

  it('freezes the extended context all through, as requests may share it', () => {
    const nested = Buffer.from('{"a":{"b":[{"c":1}]}}').toString('base64');
    const extended = contextOf({ 'x-ext': nested }, 'x-ext').extendedContext as { a: { b: object[] } };
    for (const part of [extended, extended.a, extended.a.b, extended.a.b[0]]) assert.ok(Object.isFrozen(part));
  });

  it('does not inflate a bomb', () => {
    const bomb = gzipSync(JSON.stringify({ a: 'x'.repeat(10_000_000) })).toString('base64');
    assert.ok(bomb.length < 16 * 1024);
    assert.equal('extendedContext' in contextOf({ 'x-ext': bomb }, 'x-ext'), false);
  });
});
