import type { IncomingMessage } from 'node:http';

import { HttpError } from '../errors/http-error.js';
import type { ServerSettings } from './service.js';

/** The absolute form of a request's target (RFC 9112, section 3.2.2), up to its path. A host is never empty. */
const SCHEME_AND_HOST = /^https?:\/\/[^/?#]+/i;

/**
 * A Host header's value: a name or an address, and a port (RFC 9110, section 7.2; RFC 3986, section 3.2.2). No part of
 * it can be read in two ways, so that a long one takes no longer than its length.
 */
const HOST = /^(?:\[[\w.~!$&'()*+,;=:-]+\]|[\w.~!$&'()*+,;=-]*(?:%[\da-f]{2}[\w.~!$&'()*+,;=-]*)*)(?::\d*)?$/i;

/**
 * What node's parser lets through and should not: a URL or a number of headers beyond the limit (node drops the surplus
 * without a word), no `Host`, a second or a malformed one (RFC 9112, section 3.2: 400), which two proxies may read
 * differently, a second `Authorization`, of which node drops one and a proxy perhaps the other, and versions and transfer
 * codings that nobody here speaks.
 *
 * A URL in absolute form becomes its path here: the host that it names is believed nowhere (section 3.2.2 would put it
 * above the `Host` header, which serves proxies and those who wish to be taken for another host).
 *
 * @returns whether a body is announced. Seen here in passing, as `request.headers` costs a microsecond that most
 * requests without a body need not spend.
 */
export function checkRequestHead(request: IncomingMessage, settings: ServerSettings): boolean {
  const { rawHeaders, url = '' } = request;
  if (url.length > settings.maxUrlBytes) throw HttpError.of('URL_TOO_LONG', `at most ${settings.maxUrlBytes} bytes`);
  if (rawHeaders.length / 2 > settings.maxHeaders)
    throw HttpError.of('HEADERS_TOO_LARGE', `at most ${settings.maxHeaders} headers`);
  let hosts = 0;
  let authorizations = 0;
  let announcesBody = false;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    // By length first: nearly every header is told from these four by it.
    if (name.length === 4) {
      if (name.toLowerCase() !== 'host') continue;
      if (++hosts > 1) throw HttpError.of('BAD_REQUEST', 'the request has two Host headers');
      checkHost(rawHeaders[index + 1] ?? '');
    } else if (name.length === 13) {
      if (name.toLowerCase() === 'authorization' && ++authorizations > 1) {
        throw HttpError.of('BAD_REQUEST', 'the request has two Authorization headers');
      }
    } else if (name.length === 14 || name.length === 17) {
      const lower = name.toLowerCase();
      if (lower !== 'content-length' && lower !== 'transfer-encoding') continue;
      announcesBody = true;
      if (lower === 'transfer-encoding') checkCoding(request, rawHeaders[index + 1] ?? '');
    }
  }
  if (request.httpVersion !== '1.1') checkVersion(request);
  else if (hosts === 0) throw HttpError.of('BAD_REQUEST', 'the request has no Host header');
  // Browsers keep it to themselves; what the router takes for the end of the path, others take for a part of it.
  if (url.includes('#')) throw HttpError.of('MALFORMED_URL', 'a URL is sent without its #fragment');
  if (url.charCodeAt(0) !== 47 /* / */) request.url = originForm(url, request.method);
  return announcesBody;
}

/** What is refused with these cannot be followed by another request: where it ends is anyone's guess. */
const CLOSE = { headers: { Connection: 'close' } };

/**
 * HTTP/1.0 has no chunks (RFC 9112, section 6.1). Of other codings than chunked the parser passes over those before it,
 * and an empty list beside a length: a handler would get bytes that are compressed and do not say so, and a proxy may
 * see another end.
 */
function checkCoding({ httpVersion }: IncomingMessage, coding: string): void {
  if (httpVersion === '1.0') throw HttpError.of('BAD_REQUEST', 'an HTTP/1.0 request has no Transfer-Encoding', CLOSE);
  if (coding.trim().toLowerCase() === 'chunked') return;
  throw HttpError.of('BAD_REQUEST', 'the only transfer coding of requests is chunked', CLOSE);
}

/** The parser reads the request line of HTTP/0.9 and 2.0 too. */
function checkVersion({ httpVersion }: IncomingMessage): void {
  if (httpVersion !== '1.0') throw HttpError.of('BAD_REQUEST', 'this server speaks HTTP/1.1', CLOSE);
}

/** The Host that was looked at last: nearly every request of a server has the same. */
let goodHost = '';

function checkHost(host: string): void {
  if (host === goodHost) return;
  if (!HOST.test(host)) throw HttpError.of('BAD_REQUEST', 'the Host header names no host');
  goodHost = host;
}

function originForm(url: string, method: string | undefined): string {
  // `*` stands for the whole server, and so does a URL without a path: for OPTIONS alone (RFC 9112, section 3.2.4).
  const path = url === '*' && method === 'OPTIONS' ? '' : url.replace(SCHEME_AND_HOST, '');
  if (path === url) throw HttpError.of('MALFORMED_URL', 'a URL is a path, or begins with http://');
  if (path === '' && method === 'OPTIONS') return '*';
  return path.startsWith('/') ? path : `/${path}`;
}
