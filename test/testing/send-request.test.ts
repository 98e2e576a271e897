import assert from 'node:assert/strict';
import type { ClientRequest } from 'node:http';
import { describe, it } from 'node:test';

import { sendRequest, type TestRequestInit } from '#src/testing/send-request.js';
import { TestResponse } from '#src/testing/test-response.js';
import { rawServer } from './raw-server.js';

const EMPTY = 'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n';

/** What goes over the wire. */
async function sent(
  method: string,
  path: string,
  init: TestRequestInit = {},
): Promise<{ head: string[]; body: string }> {
  await using server = await rawServer((socket) => socket.end(EMPTY));
  await TestResponse.read(await sendRequest(server.port, method, path, init, () => undefined));
  const [head = '', ...body] = server.received().split('\r\n\r\n');
  return { head: head.split('\r\n'), body: body.join('\r\n\r\n') };
}

describe('sendRequest', () => {
  it('sends the path as it is given', async () => {
    const { head } = await sent('GET', '/a/../b//%2E%2e/c;d?e=%zz');
    assert.equal(head[0], 'GET /a/../b//%2E%2e/c;d?e=%zz HTTP/1.1');
  });

  it('adds to the query', async () => {
    const query = { 'a b': 'ä&=', list: ['1', 2], yes: true };
    assert.equal(
      (await sent('GET', '/x', { query })).head[0],
      'GET /x?a%20b=%C3%A4%26%3D&list=1&list=2&yes=true HTTP/1.1',
    );
    assert.equal((await sent('GET', '/x?y', { query: { z: 1 } })).head[0], 'GET /x?y&z=1 HTTP/1.1');
    assert.equal((await sent('GET', '/x', { query: {} })).head[0], 'GET /x HTTP/1.1');
  });

  it('sends headers as they are written, and a list line by line', async () => {
    const { head } = await sent('GET', '/', {
      headers: { 'x-ODD-Case': 'v', 'X-List': ['1', '2'], Host: 'other.example' },
    });
    assert.deepEqual(head.slice(1, 5), ['x-ODD-Case: v', 'X-List: 1', 'X-List: 2', 'Host: other.example']);
  });

  it('sends JSON with its type and length', async () => {
    const { head, body } = await sent('POST', '/', { json: { name: 'ä' } });
    assert.ok(head.includes('Content-Type: application/json') && head.includes('Content-Length: 13'));
    assert.equal(Buffer.from(body, 'latin1').toString(), '{"name":"ä"}');
  });

  it('sends null and false as JSON too', async () => {
    assert.equal((await sent('POST', '/', { json: null })).body, 'null');
    assert.equal((await sent('POST', '/', { json: false })).body, 'false');
  });

  it('lets given headers win over derived ones, in any case', async () => {
    const { head } = await sent('POST', '/', { json: 1, headers: { 'content-type': 'application/vnd.x+json' } });
    assert.deepEqual(
      head.filter((line) => /^content-type/i.test(line)),
      ['content-type: application/vnd.x+json'],
    );
  });

  it('sends fields as a urlencoded form', async () => {
    const { head, body } = await sent('POST', '/', { form: { a: '1 2', ä: '&' } });
    assert.ok(head.includes('Content-Type: application/x-www-form-urlencoded'));
    assert.equal(body, 'a=1+2&%C3%A4=%26');
  });

  it('sends FormData as multipart with files', async () => {
    const form = new FormData();
    form.set('name', 'tea');
    form.set('leaf', new Blob(['green'], { type: 'text/plain' }), 'leaf.txt');
    const { head, body } = await sent('POST', '/', { form });
    const boundary = /^Content-Type: multipart\/form-data; boundary=(.+)$/.exec(
      head.find((line) => line.startsWith('Content-Type')) ?? '',
    )?.[1];
    assert.ok(boundary !== undefined && body.trimEnd().endsWith(`--${boundary}--`));
    assert.match(body, /name="leaf"; filename="leaf.txt"\r\nContent-Type: text\/plain\r\n\r\ngreen\r\n/);
  });

  it('announces the length of a body whatever the method', async () => {
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const { head, body } = await sent(method, '/', { body: Buffer.from([0xff, 0x00]) });
      assert.ok(head.includes('Content-Length: 2'), method);
      assert.ok(!head.some((line) => /^content-type/i.test(line)));
      assert.equal(body, '\xff\0');
    }
  });

  it('leaves the framing to a header that says otherwise', async () => {
    const { head, body } = await sent('POST', '/', { body: 'abc', headers: { 'Transfer-Encoding': 'chunked' } });
    assert.ok(!head.some((line) => /^content-length/i.test(line)));
    assert.equal(body, '3\r\nabc\r\n0\r\n\r\n');
  });

  it('refuses two bodies', async () => {
    await assert.rejects(
      sendRequest(1, 'POST', '/', { json: 1, body: '1' }, () => undefined),
      /one body/,
    );
  });

  it('rejects when the connection is closed without an answer', async () => {
    await using server = await rawServer((socket) => socket.end());
    await assert.rejects(
      sendRequest(server.port, 'GET', '/', {}, () => undefined),
      /socket hang up|without an answer/,
    );
  });

  it('rejects when nobody listens', async () => {
    const server = await rawServer(() => undefined);
    await server[Symbol.asyncDispose]();
    await assert.rejects(
      sendRequest(server.port, 'GET', '/', {}, () => undefined),
      { code: 'ECONNREFUSED' },
    );
  });

  it('cuts the connection when its signal aborts, before and after the answer has begun', async () => {
    const [early, late] = [new AbortController(), new AbortController()];
    await using server = await rawServer((socket) => {
      if (early.signal.aborted) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
      else early.abort();
    });
    await assert.rejects(
      sendRequest(server.port, 'GET', '/', { signal: early.signal }, () => undefined),
      { name: 'AbortError' },
    );
    const answer = await sendRequest(server.port, 'GET', '/', { signal: late.signal }, () => undefined);
    late.abort();
    await assert.rejects(TestResponse.read(answer));
  });

  it('sends nothing for a signal that is aborted already', async () => {
    const requests: ClientRequest[] = [];
    const signal = AbortSignal.abort(new Error('too late'));
    await assert.rejects(
      sendRequest(1, 'GET', '/', { signal }, (request) => requests.push(request)),
      /too late/,
    );
    assert.deepEqual(requests, []);
  });
});
