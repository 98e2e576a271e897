import type { HttpContext } from '../context/http-context.js';
import { optionMistake } from './option-mistake.js';

/**
 * Where a token comes from:
 * - `'header'`: `Authorization: Bearer …` (RFC 6750);
 * - a cookie; put `csrf()` beside it;
 * - a query parameter, for a browser's EventSource and WebSocket; URLs end up in logs, so such tokens should be short-lived;
 * - a WebSocket subprotocol that begins with the given text, the other way for browsers:
 *   `new WebSocket(url, ['chat', 'bearer.' + token])` for `{ subprotocol: 'bearer.' }`. The route's `protocols` must name
 *   another one of those offered, as browsers want one agreed on.
 */
export type TokenSource =
  | 'header'
  | { readonly cookie: string }
  | { readonly query: string }
  | { readonly subprotocol: string };

/** The token of a request; `undefined`: there is none. */
export type TokenReader = (context: HttpContext) => string | undefined;

/** Looks in each place in turn, and takes the first token that there is. @throws StartupError for places that are none. */
export function tokenReader(from: TokenSource | readonly TokenSource[]): TokenReader {
  const readers = (Array.isArray(from) ? from : [from]).map(readerOf);
  if (readers.length === 0) throw optionMistake('jwt() from', 'a token can come from nowhere', "give 'header'");
  return (context) => {
    for (const read of readers) {
      const token = read(context);
      if (token !== undefined) return token;
    }
    return undefined;
  };
}

function readerOf(source: TokenSource): TokenReader {
  if (typeof source === 'object' && Object.values(source).some((name) => typeof name !== 'string' || name === '')) {
    throw optionMistake('jwt() from', `${JSON.stringify(source)} names nothing`, 'give a name');
  }
  if (source === 'header') return ({ headers }) => /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (typeof source === 'object' && 'cookie' in source) return ({ cookies }) => cookies[source.cookie];
  if (typeof source === 'object' && 'query' in source) {
    return ({ query }) => {
      const value = query[source.query];
      return typeof value === 'string' ? value : undefined; // two tokens are none
    };
  }
  if (typeof source === 'object' && 'subprotocol' in source) {
    return ({ headers }) => {
      const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
      return offered.find((protocol) => protocol.startsWith(source.subprotocol))?.slice(source.subprotocol.length);
    };
  }
  throw optionMistake(
    'jwt() from',
    `it is ${JSON.stringify(source)}`,
    "give 'header', { cookie }, { query } or { subprotocol }",
  );
}
