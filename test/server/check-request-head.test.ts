import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { HttpError } from '#src/errors/http-error.js';
import { resolveOptions } from '#src/resolve-options.js';
import { checkRequestHead } from '#src/server/check-request-head.js';

const settings = { ...resolveOptions({}), maxUrlBytes: 24, maxHeaders: 5 };

interface Head {
  readonly url?: string;
  readonly method?: string;
  readonly version?: '0.9' | '1.0' | '1.1' | '2.0';
  /** Names and values in turn, as node gives them. Default: one Host. */
  readonly headers?: readonly string[];
}

function requestOf({ url = '/', method = 'GET', version = '1.1', headers = ['Host', 'here'] }: Head): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  return Object.assign(request, { url, method, httpVersion: version, rawHeaders: [...headers] });
}

/** Whether a body is announced, and the URL as it is afterwards. */
function checked(head: Head): readonly [announcesBody: boolean, url: string | undefined] {
  const request = requestOf(head);
  return [checkRequestHead(request, settings), request.url];
}

function refusal(head: Head): string {
  try {
    checkRequestHead(requestOf(head), settings);
  } catch (error) {
    assert.ok(error instanceof HttpError, String(error));
    return error.code;
  }
  return 'none';
}

describe('checkRequestHead', () => {
  it('sees whether a body is announced, in any spelling of the header', () => {
    assert.deepEqual(checked({}), [false, '/']);
    for (const name of ['content-length', 'Content-Length', 'TRANSFER-ENCODING', 'Transfer-Encoding']) {
      assert.equal(checked({ headers: ['Host', 'here', name, 'chunked'] })[0], true, name);
    }
    // As long as these names, and others.
    const others = ['Content-Lengthy', 'accept-charset', 'If-None-Matches-x', 'x-length-of-14', 'Accept-Encoding-x'];
    for (const name of others) assert.equal(checked({ headers: ['Host', 'here', name, '9'] })[0], false, name);
  });

  it('refuses transfer codings but chunked, and ends the connection', () => {
    const coded = (coding: string) => ({ headers: ['Host', 'here', 'Transfer-Encoding', coding] });
    for (const coding of ['gzip, chunked', 'chunked, chunked', 'identity', '', ' ', '"chunked"', 'chunked;q=1']) {
      const error = { code: 'BAD_REQUEST', headers: { Connection: 'close' } };
      assert.throws(() => checkRequestHead(requestOf(coded(coding)), settings), error, coding);
    }
    for (const coding of ['chunked', 'CHUNKED', ' chunked\t']) assert.equal(refusal(coded(coding)), 'none');
  });

  it('refuses the versions that are not HTTP/1, and ends the connection', () => {
    for (const version of ['0.9', '2.0'] as const) {
      const error = { code: 'BAD_REQUEST', headers: { Connection: 'close' } };
      assert.throws(() => checkRequestHead(requestOf({ version }), settings), error, version);
    }
    for (const version of ['1.0', '1.1'] as const) assert.equal(refusal({ version }), 'none');
  });

  it('refuses a transfer coding in HTTP/1.0, whose framing others read in another way, and ends the connection', () => {
    const headers = ['Transfer-Encoding', 'chunked', 'Content-Length', '3'];
    // RFC 9112, section 6.1
    assert.throws(() => checkRequestHead(requestOf({ version: '1.0', headers }), settings), {
      code: 'BAD_REQUEST',
      headers: { Connection: 'close' },
    });
    assert.deepEqual(checked({ version: '1.0', headers: headers.slice(2) }), [true, '/']);
  });

  it('lets a URL through that is as long as the limit, and no longer one', () => {
    assert.equal(refusal({ url: `/${'x'.repeat(23)}` }), 'none');
    assert.equal(refusal({ url: `/${'x'.repeat(24)}` }), 'URL_TOO_LONG');
    assert.equal(refusal({ url: `http://here/${'x'.repeat(13)}` }), 'URL_TOO_LONG');
  });

  it('lets as many headers through as the limit, and not one more', () => {
    const others = (count: number) => Array.from({ length: count }, (_, index) => [`X-${index}`, '']).flat();
    assert.equal(refusal({ headers: ['Host', 'here', ...others(4)] }), 'none');
    assert.equal(refusal({ headers: ['Host', 'here', ...others(5)] }), 'HEADERS_TOO_LARGE');
  });

  it('asks for one Host in HTTP/1.1, and lets HTTP/1.0 go without', () => {
    assert.equal(refusal({ headers: [] }), 'BAD_REQUEST');
    assert.equal(refusal({ headers: ['X-Host', 'here'] }), 'BAD_REQUEST');
    assert.equal(refusal({ headers: ['HOST', 'here'] }), 'none');
    assert.equal(refusal({ headers: ['host', 'here', 'Host', 'here'] }), 'BAD_REQUEST');
    assert.equal(refusal({ headers: [], version: '1.0' }), 'none');
    assert.equal(refusal({ headers: ['Host', 'a', 'Host', 'b'], version: '1.0' }), 'BAD_REQUEST');
    // A value is no name.
    assert.equal(refusal({ headers: ['Host', 'here', 'X-A', 'Host'] }), 'none');
  });

  it('refuses a Host that is none, which others on the way may read in other ways (RFC 9112, section 3.2)', () => {
    for (const host of [
      'a b',
      'a/b',
      'a@b',
      'a?b',
      'a#b',
      'a\\b',
      '<a>',
      'ü',
      'a:b',
      'a:1:2',
      '::1',
      '[::1',
      'a%2',
      '"a"',
    ]) {
      assert.equal(refusal({ headers: ['Host', host] }), 'BAD_REQUEST', host);
    }
    for (const host of [
      '',
      'a',
      'A_b.c-d:9000',
      '127.0.0.1',
      'a:',
      '[::1]',
      '[::ffff:1.2.3.4]:80',
      'a%2Fb',
      '~a!',
      ':80',
    ]) {
      assert.equal(refusal({ headers: ['Host', host] }), 'none', host);
    }
  });

  it('comes to an end with a long Host, whatever it is', () => {
    for (const host of ['a'.repeat(60_000), '%41'.repeat(20_000), `[${':'.repeat(60_000)}`]) {
      assert.equal(refusal({ headers: ['Host', `${host} `] }), 'BAD_REQUEST');
    }
  });

  it('refuses a fragment, wherever it stands', () => {
    for (const url of ['/#a', '/?x=1#a', '/a#', '*#', 'http://here/#a']) {
      assert.equal(refusal({ url }), 'MALFORMED_URL', url);
    }
    assert.equal(refusal({ url: '/%23a' }), 'none');
  });

  for (const [url, path] of [
    ['http://here', '/'],
    ['http://here/', '/'],
    ['HTTPS://here:1/a?b=c', '/a?b=c'],
    ['http://here?b=/c', '/?b=/c'],
    ['http://[::1]:80/a', '/a'],
    ['http://here//a', '//a'],
    ['http://here/http://b/', '/http://b/'],
  ] as const) {
    it(`makes the absolute form ${url} the path ${path} (RFC 9112, section 3.2.2)`, () => {
      assert.deepEqual(checked({ url }), [false, path]);
    });
  }

  it('refuses the forms of a target that are neither path nor http URL', () => {
    for (const url of ['', 'a', 'here:80', 'ftp://here/', 'ws://here/', 'http:/here', '?a', 'xhttp://here/', '**']) {
      assert.equal(refusal({ url }), 'MALFORMED_URL', url);
    }
  });

  it('leaves a path as it is', () => {
    const path = fc.string({ maxLength: 19 }).map((text) => `/${text.replaceAll('#', '')}`);
    fc.assert(fc.property(path, (url) => assert.deepEqual(checked({ url }), [false, url])));
  });

  it('lets * through for OPTIONS, which asks about the whole server', () => {
    assert.deepEqual(checked({ url: '*', method: 'OPTIONS' }), [false, '*']);
    // As the last proxy on the way would write it (RFC 9112, section 3.2.4).
    assert.deepEqual(checked({ url: 'http://here:80', method: 'OPTIONS' }), [false, '*']);
    assert.deepEqual(checked({ url: 'http://here/', method: 'OPTIONS' }), [false, '/']);
    assert.deepEqual(checked({ url: 'http://here?a', method: 'OPTIONS' }), [false, '/?a']);
  });

  it('refuses * to every other method (RFC 9112, section 3.2.4)', () => {
    for (const method of ['GET', 'HEAD', 'POST']) assert.equal(refusal({ url: '*', method }), 'MALFORMED_URL', method);
  });

  it('refuses an absolute form without a host (RFC 9110, section 4.2.1)', () => {
    for (const url of ['http://', 'http:///a', 'https://?a']) assert.equal(refusal({ url }), 'MALFORMED_URL', url);
  });
});
