import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, it } from 'node:test';

import { HttpContext } from '#src/context/http-context.js';
import { ClientLeft, fakeRequest, fakeSettings, furnish, withQuery } from '#src/testing/fake-request.js';
import { type Line, recordInto } from '../serve.js';

/** What node makes of these header lines. */
async function asNodeReads(lines: readonly [string, string][]): Promise<IncomingHttpHeaders> {
  const server = createServer((request, response) => response.end(JSON.stringify(request.headers)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`GET / HTTP/1.1\r\n${head}Connection: close\r\n\r\n`);
  const answer = (await socket.setEncoding('utf8').toArray()).join('');
  server.close();
  const headers = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as IncomingHttpHeaders;
  const { connection: _, ...rest } = headers;
  return rest;
}

describe('fakeRequest', () => {
  it('is a plain GET of the root from this machine where nothing is said', () => {
    const request = fakeRequest({});
    assert.deepEqual(request, { method: 'GET', url: '/', headers: {}, socket: { remoteAddress: '127.0.0.1' } });
  });

  it('takes the host out of a full URL, and leaves a path as it is', () => {
    const parts = (url: string) => {
      const request = fakeRequest({ url });
      return [request.headers['host'], request.url];
    };
    assert.deepEqual(parts('/a%20b?x=1'), [undefined, '/a%20b?x=1']);
    assert.deepEqual(parts('https://shop.example:8443/a?x=1'), ['shop.example:8443', '/a?x=1']);
    assert.deepEqual(parts('HTTP://shop.example'), ['shop.example', '/']);
    assert.deepEqual(parts('http://shop.example?x=1'), ['shop.example', '/?x=1']);
    assert.deepEqual(parts('//elsewhere/a'), [undefined, '//elsewhere/a']);
  });

  it('has the headers that node would have read, given several times or not', async () => {
    const values: [string, string][] = [
      ['Host', 'shop.example'],
      ['Host', 'other.example'],
      ['Authorization', 'Bearer one'],
      ['Authorization', 'Bearer two'],
      ['Content-Type', 'text/plain'],
      ['Content-Type', 'text/html'],
      ['User-Agent', 'a'],
      ['User-Agent', 'b'],
      ['If-None-Match', '"a"'],
      ['If-None-Match', '"b"'],
      ['X-Forwarded-For', '192.0.2.1'],
      ['X-Forwarded-For', '192.0.2.2'],
      ['Cookie', 'a=1'],
      ['Cookie', 'b=2'],
      ['Set-Cookie', 'c=3'],
      ['Set-Cookie', 'd=4'],
      ['Accept', 'text/html'],
    ];
    const given: Record<string, string[]> = {};
    for (const [name, value] of values) (given[name] ??= []).push(value);
    assert.deepEqual(fakeRequest({ headers: given }).headers, await asNodeReads(values));
  });

  it('takes names that differ in case alone for one', async () => {
    const headers = { 'X-Tag': 'a', 'x-tag': ['b', 'c'], 'Content-Type': 'text/a', 'content-type': 'text/b' };
    const lines: [string, string][] = [
      ['Host', 'h'],
      ['X-Tag', 'a'],
      ['x-tag', 'b'],
      ['x-tag', 'c'],
      ['Content-Type', 'text/a'],
      ['content-type', 'text/b'],
    ];
    assert.deepEqual(fakeRequest({ url: 'http://h', headers }).headers, await asNodeReads(lines));
  });

  it('adds cookies to those of the header, encoded as a browser’s script would', () => {
    const cookies = { b: 'x;y=ä', c: '' };
    assert.equal(fakeRequest({ cookies }).headers['cookie'], 'b=x%3By%3D%C3%A4; c=');
    const both = fakeRequest({ headers: { Cookie: 'a=1' }, cookies });
    assert.equal(both.headers['cookie'], 'a=1; b=x%3By%3D%C3%A4; c=');
  });

  it('prefers the host of a header to that of the URL', () => {
    assert.equal(fakeRequest({ url: 'http://a/', headers: { host: 'b' } }).headers['host'], 'b');
  });
});

describe('furnish', () => {
  const contextOf = (init: Parameters<typeof furnish>[1]) => {
    const context = new HttpContext(fakeRequest(init), {}, fakeSettings(init));
    furnish(context, init);
    return context;
  };

  it('gives a context its id, its state and its deadline', () => {
    const context = contextOf({ requestId: 'r-1', state: { user: 'ann' }, deadline: 5 });
    assert.deepEqual([context.requestId, context.deadline, context.state], ['r-1', 5, { user: 'ann' }]);
  });

  it('gives the id that the test names, whatever its headers say', () => {
    assert.equal(contextOf({ requestId: 'mine', headers: { 'X-Request-Id': 'another' } }).requestId, 'mine');
    assert.equal(contextOf({ headers: { 'X-Request-Id': 'another' } }).requestId, 'another');
  });

  it('refuses an id that no real request could have', () => {
    for (const requestId of ['', 'two words', 'x'.repeat(129), 'a\nb']) {
      assert.throws(() => contextOf({ requestId }), { name: 'TypeError', message: /at most 128 letters/ });
    }
    assert.equal(contextOf({ requestId: 'x'.repeat(128) }).requestId.length, 128);
  });
});

describe('fakeSettings', () => {
  it('trust nobody, and write to the log that is given or nowhere', () => {
    const { trustProxy, extendedContextKey } = fakeSettings({});
    assert.deepEqual([trustProxy, extendedContextKey], [false, '']);
    const lines: Line[] = [];
    fakeSettings({ log: recordInto(lines) }).log.info('hello');
    assert.deepEqual(lines, [{ level: 'info', msg: 'hello' }]);
  });
});

describe('withQuery', () => {
  it('adds parameters, encoded, and a list as one given several times', () => {
    assert.equal(withQuery('/a', undefined), '/a');
    assert.equal(withQuery('/a', {}), '/a');
    assert.equal(withQuery('/a', { none: [] }), '/a');
    assert.equal(withQuery('/a', { 'b c': 'ä&=', d: [1, true] }), '/a?b%20c=%C3%A4%26%3D&d=1&d=true');
    assert.equal(withQuery('/a?x=1', { y: 2 }), '/a?x=1&y=2');
  });
});

describe('ClientLeft', () => {
  it('is what an aborted signal gives: an AbortError', () => {
    const error = new ClientLeft();
    assert.deepEqual([error.name, error.message], ['AbortError', 'the client has left']);
    assert.ok(error instanceof Error);
  });
});
