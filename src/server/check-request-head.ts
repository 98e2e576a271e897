import type { IncomingMessage } from 'node:http';

import { HttpError } from '../errors/http-error.js';
import type { ServerSettings } from './service.js';

/**
 * What node's parser lets through and should not: a URL or a number of headers beyond the limit (node drops the surplus
 * without a word), and a second `Host` (RFC 9112, section 3.2: 400), which two proxies may read differently.
 */
export function checkRequestHead(request: IncomingMessage, settings: ServerSettings): void {
  const { rawHeaders, url = '' } = request;
  if (url.length > settings.maxUrlBytes) throw HttpError.of('URL_TOO_LONG', `at most ${settings.maxUrlBytes} bytes`);
  if (rawHeaders.length / 2 > settings.maxHeaders)
    throw HttpError.of('HEADERS_TOO_LARGE', `at most ${settings.maxHeaders} headers`);
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host' && ++hosts > 1) {
      throw HttpError.of('BAD_REQUEST', 'the request has two Host headers');
    }
  }
}
