// RFC 9112 case by case: what is read, what is refused, and that a refusal leaves nobody in doubt where the request ends.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { type Served, serve } from '../serve.js';
import { RawClient } from './http-raw-client.js';

@Controller()
class Echo {
  @Http('GET', '/') get() {
    return 'got';
  }
  @Http('POST', '/') post(body: Buffer) {
    return String(body);
  }
}

const HOST = 'Host: a\r\n';
const get = (line: string, headers = HOST) => `${line}\r\n${headers}\r\n`;
const post = (headers: string, body: string) => `POST / HTTP/1.1\r\n${HOST}${headers}\r\n\r\n${body}`;
const CHUNKS = '3\r\nabc\r\n0\r\n\r\n';
const chunked = (body: string) => post('Transfer-Encoding: chunked', body);

/** What is taken: the request, in the form that it came in, and what the handler has read of it. */
const TAKEN: readonly (readonly [what: string, bytes: string, body: string])[] = [
  ['an empty line before the request (2.2)', `\r\n${get('GET / HTTP/1.1')}`, 'got'],
  ['a URL in absolute form (3.2.2)', get('GET http://other/ HTTP/1.1'), 'got'],
  ['HTTP/1.0 without a Host (3.2)', get('GET / HTTP/1.0', ''), 'got'],
  ['an empty Host (3.2)', get('GET / HTTP/1.1', 'Host:\r\n'), 'got'],
  ['bytes beyond ASCII in a value (RFC 9110, 5.5)', get('GET / HTTP/1.1', `${HOST}X: a\xe9b\r\n`), 'got'],
  ['blanks around a length (5.1)', post('Content-Length:  3  ', 'abc'), 'abc'],
  ['a length with zeros in front (RFC 9110, 8.6)', post('Content-Length: 003', 'abc'), 'abc'],
  ['a header that only looks like a length', post('Content_Length: 9\r\nContent-Length: 3', 'abc'), 'abc'],
  ['the name of the coding in any case (7)', post('Transfer-Encoding: CHUNKED', CHUNKS), 'abc'],
  ['a size in any case of hexadecimal digits (7.1)', chunked('A\r\n0123456789\r\n0\r\n\r\n'), '0123456789'],
  ['a size with zeros in front (7.1)', chunked('00000003\r\nabc\r\n0\r\n\r\n'), 'abc'],
  ['extensions of a chunk (7.1.1)', chunked('3;a=b;c="d"\r\nabc\r\n0\r\n\r\n'), 'abc'],
  ['trailers (7.1.2)', chunked('3\r\nabc\r\n0\r\nX: y\r\n\r\n'), 'abc'],
];

/** What is refused with 400, its connection closed and no handler called. */
const REFUSED: readonly (readonly [what: string, bytes: string])[] = [
  ['a method in lower case (RFC 9110, 9.1)', get('get / HTTP/1.1')],
  ['HTTP/1.2 (2.3)', get('GET / HTTP/1.2')],
  ['HTTP/2.0 (2.3)', get('GET / HTTP/2.0')],
  ['HTTP/0.9 (2.3)', 'GET /\r\n\r\n'],
  ['the name of the protocol in lower case (2.3)', get('GET / http/1.1')],
  ['no version (3)', get('GET / ')],
  ['tabs in the request line (3)', get('GET\t/\tHTTP/1.1')],
  ['a blank in the URL (3.2)', get('GET /a b HTTP/1.1')],
  ['a URL that is no path (3.2)', get('GET a HTTP/1.1')],
  ['a URL of an authority (3.2.3)', get('GET a:80 HTTP/1.1')],
  ['NUL in the URL (3.2)', get('GET /\0 HTTP/1.1')],
  ['lines that end in CR alone (2.2)', 'GET / HTTP/1.1\rHost: a\r\r'],
  ['CR before CRLF (2.2)', get('GET / HTTP/1.1\r')],
  ['a blank before the first header (2.2)', get('GET / HTTP/1.1', ` X: y\r\n${HOST}`)],
  ['a header without a colon (5)', get('GET / HTTP/1.1', `${HOST}X\r\n`)],
  ['a name that is no token (5.1)', get('GET / HTTP/1.1', `${HOST}X(y): z\r\n`)],
  ['a name beyond ASCII (5.1)', get('GET / HTTP/1.1', `${HOST}X\xe9: a\r\n`)],
  ['a control character in a value (RFC 9110, 5.5)', get('GET / HTTP/1.1', `${HOST}X: a\x01b\r\n`)],
  ['the same length twice (6.3)', post('Content-Length: 3\r\nContent-Length: 3', 'abc')],
  ['a list of the same length (6.3)', post('Content-Length: 3, 3', 'abc')],
  ['a length in hexadecimal (RFC 9110, 8.6)', post('Content-Length: 0x3', 'abc')],
  ['a length with something behind it', post('Content-Length: 3abc', 'abc')],
  ['an empty length', post('Content-Length: ', 'abc')],
  ['a length of two numbers', post('Content-Length: 1 2', 'abc')],
  ['a length beyond 64 bits', post('Content-Length: 18446744073709551619', 'abc')],
  ['the coding twice (7)', post('Transfer-Encoding: chunked, chunked', CHUNKS)],
  ['the coding in two headers (7)', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', CHUNKS)],
  ['a coding before chunked, which nobody takes off (6.1)', post('Transfer-Encoding: gzip, chunked', CHUNKS)],
  ['the coding identity (7)', post('Transfer-Encoding: identity', 'abc')],
  ['a vertical tab before the coding (6.1)', post('Transfer-Encoding: \x0bchunked', CHUNKS)],
  ['the coding in quotes (7)', post('Transfer-Encoding: "chunked"', CHUNKS)],
  ['an empty coding beside a length (6.3)', post('Transfer-Encoding: \r\nContent-Length: 3', 'abc')],
  ['a coding with a blank before its colon (5.1)', post('Transfer-Encoding : chunked\r\nContent-Length: 3', 'abc')],
  ['chunks that end in LF (7.1)', chunked('3\nabc\n0\n\n')],
  ['a size that ends in LF (7.1)', chunked('3\nabc\r\n0\r\n\r\n')],
  ['a chunk that is longer than its size (7.1)', chunked('3\r\nabcd\r\n0\r\n\r\n')],
  ['a chunk with no line break behind it (7.1)', chunked('3\r\nabc0\r\n\r\n')],
  ['LF in an extension (7.1.1)', chunked('3;a\nb\r\nabc\r\n0\r\n\r\n')],
  ['CR in an extension (7.1.1)', chunked('3;a\rb\r\nabc\r\n0\r\n\r\n')],
  ['a blank behind a size (7.1)', chunked('3 \r\nabc\r\n0\r\n\r\n')],
  ['a size with a sign (7.1)', chunked('+3\r\nabc\r\n0\r\n\r\n')],
  ['an empty size (7.1)', chunked('\r\nabc\r\n0\r\n\r\n')],
  ['a size beyond 64 bits (7.1)', chunked('10000000000000003\r\nabc\r\n0\r\n\r\n')],
  ['a trailer that is a length (7.1.2)', chunked('3\r\nabc\r\n0\r\nContent-Length: 3\r\n\r\n')],
  ['a trailer that is a coding (7.1.2)', chunked('3\r\nabc\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n')],
  ['a trailer without a colon (7.1.2)', chunked('3\r\nabc\r\n0\r\nX y\r\n\r\n')],
];

// At once, as a connection that is closed early is read on for a second.
describe('an HTTP/1.1 request', { concurrency: true }, () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Echo] });
  });
  after(() => served.close());

  for (const [what, bytes, body] of TAKEN) {
    it(`may have ${what}`, async () => {
      const client = await RawClient.open(served.port);
      const response = await client.write(Buffer.from(bytes, 'latin1')).response();
      assert.deepEqual([response.status, response.body], [200, body]);
      await client.destroy();
    });
  }

  for (const [what, bytes] of REFUSED) {
    it(`is refused for ${what}`, async () => {
      const client = await RawClient.open(served.port);
      // What a proxy might take for the next request is none.
      client.write(Buffer.from(bytes + get('GET / HTTP/1.1'), 'latin1'));
      const response = await client.response();
      assert.equal(response.status, 400, response.body);
      assert.deepEqual(response.headers.get('connection'), ['close']);
      await assert.rejects(client.response(), /the connection ended after ""/);
      await client.destroy();
    });
  }

  it('is the last of a connection that it closes, whatever follows', async () => {
    const client = await RawClient.open(served.port);
    client.write(get('GET / HTTP/1.1', `${HOST}Connection: close\r\n`) + get('GET / HTTP/1.1'));
    assert.equal((await client.response()).body, 'got');
    await assert.rejects(client.response(), /the connection ended after ""/);
    await client.destroy();
  });
});
