import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { describe, it } from 'node:test';
import { IsInt } from 'class-validator';

import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { RawClient } from '../integration/http-raw-client.js';
import { serve } from '../serve.js';
import { until } from '../until.js';

class Sum {
  @IsInt() a!: number;
}

let called = 0;

@Controller()
class Sums {
  @Http('POST', '/sum')
  sum({ a }: Sum) {
    called += 1;
    return { a };
  }

  @Http('POST', '/raw')
  raw(bytes: Buffer) {
    return bytes.length;
  }

  @Http('GET', '/get')
  get(_event: unknown) {
    return 'got';
  }
}

const request = (
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
  method = 'POST',
): Buffer => {
  const all = {
    Host: 'a',
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
};

describe('a request with a short body', () => {
  it('goes on when it has come, as all others do: valid, invalid, malformed, too long, compressed, expected', async () => {
    const { port, close } = await serve({ controllers: [Sums], maxBodyBytes: 1000 });
    const client = await RawClient.open(port);
    const cases: [Buffer, number][] = [
      [request('/sum', '{"a":1}'), 200],
      [request('/sum', '{"a":"x"}'), 400],
      [request('/sum', '{"a":'), 400],
      [request('/sum', '{}', { 'Content-Type': 'text/csv' }), 415],
      [request('/sum', '{}', { 'Content-Type': 'application/json; charset=utf-16' }), 415],
      [request('/sum', '{"a":1}', { 'Content-Type': ';;;' }), 415],
      [request('/sum', gzipSync('{"a":1}'), { 'Content-Encoding': 'gzip' }), 200],
      [request('/raw', Buffer.alloc(1000)), 200],
      [request('/get', '{"a":1}', {}, 'GET'), 200],
      [request('/raw', ''), 200],
    ];
    for (const [bytes, status] of cases) {
      for (const pieces of [[bytes], [bytes.subarray(0, -1), bytes.subarray(-1)]]) {
        for (const piece of pieces) {
          client.write(piece);
          await new Promise((resolve) => setImmediate(resolve));
        }
        const answer = await client.response();
        assert.equal(answer.status, status, bytes.toString('latin1'));
      }
    }
    client.write(request('/sum', 'x'.repeat(1001)));
    assert.equal((await client.response()).status, 413);
    await client.destroy();
    await close();
  });

  it('is 499 in the access record where its client leaves before the last byte, and its handler is not called', async () => {
    const { port, lines, close } = await serve({ controllers: [Sums], accessLog: true });
    const client = await RawClient.open(port);
    called = 0;
    client.write(request('/sum', '{"a":1}').subarray(0, -1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await client.reset();
    const records = () => lines.filter(({ msg }) => msg === 'request');
    await until(() => records().length > 0);
    await close();
    assert.deepEqual(
      records().map(({ status, code }) => [status, code]),
      [[499, 'INCOMPLETE_BODY']],
    );
    assert.equal(called, 0);
  });
});
