import type { IncomingMessage } from 'node:http';

import { HttpError } from '../errors/http-error.js';
import type { ServerSettings } from './service.js';

/** The absolute form of a request's target (RFC 9112, section 3.2.2), up to its path. */
const SCHEME_AND_HOST = /^https?:\/\/[^/?#]*/i;

/**
 * What node's parser lets through and should not: a URL or a number of headers beyond the limit (node drops the surplus
 * without a word), no `Host` or a second one (RFC 9112, section 3.2: 400), which two proxies may read differently, and a
 * second `Authorization`, of which node drops one and a proxy perhaps the other.
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
      if (name.toLowerCase() === 'host' && ++hosts > 1) {
        throw HttpError.of('BAD_REQUEST', 'the request has two Host headers');
      }
    } else if (name.length === 13) {
      if (name.toLowerCase() === 'authorization' && ++authorizations > 1) {
        throw HttpError.of('BAD_REQUEST', 'the request has two Authorization headers');
      }
    } else if (name.length === 14 || name.length === 17) {
      const lower = name.toLowerCase();
      if (lower === 'content-length' || lower === 'transfer-encoding') announcesBody = true;
    }
  }
  if (hosts === 0 && request.httpVersion === '1.1') {
    throw HttpError.of('BAD_REQUEST', 'the request has no Host header');
  }
  // Browsers keep it to themselves; what the router takes for the end of the path, others take for a part of it.
  if (url.includes('#')) throw HttpError.of('MALFORMED_URL', 'a URL is sent without its #fragment');
  if (url.charCodeAt(0) !== 47 /* / */ && url !== '*') request.url = originForm(url);
  return announcesBody;
}

function originForm(url: string): string {
  const path = url.replace(SCHEME_AND_HOST, '');
  if (path === url) throw HttpError.of('MALFORMED_URL', 'a URL is a path, or begins with http://');
  return path.startsWith('/') ? path : `/${path}`;
}
