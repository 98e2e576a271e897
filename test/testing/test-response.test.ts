import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { TestResponse } from '#src/testing/index.js';
import { sendRequest } from '#src/testing/send-request.js';
import { rawServer } from './raw-server.js';

async function answerOf(raw: string): Promise<TestResponse> {
  await using server = await rawServer((socket) => socket.end(Buffer.from(raw, 'latin1')));
  return await TestResponse.read(await sendRequest(server.port, 'GET', '/', {}, () => undefined));
}

describe('TestResponse', () => {
  it('has status, headers, bytes and text', async () => {
    const response = await answerOf(
      'HTTP/1.1 201 Created\r\nX-Tag: a\r\nSet-Cookie: b=1\r\nSet-Cookie: c=2\r\n\r\n\xc3\xa4',
    );
    assert.equal(response.status, 201);
    assert.equal(response.headers['x-tag'], 'a');
    assert.deepEqual(response.headers['set-cookie'], ['b=1', 'c=2']);
    assert.deepEqual(response.bytes, Buffer.from([0xc3, 0xa4]));
    assert.equal(response.text, 'ä');
  });

  it('gives JSON, or says what it is instead', () => {
    assert.deepEqual(new TestResponse(200, {}, Buffer.from('{"a":[1]}')).json(), { a: [1] });
    assert.throws(
      () => new TestResponse(502, {}, Buffer.from('<html>')).json(),
      /the body of this 502 is no JSON: <html>/,
    );
  });

  it('rejects when the connection breaks midway', async () => {
    await assert.rejects(answerOf('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'), { code: 'ECONNRESET' });
  });
});
