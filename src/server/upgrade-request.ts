import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

import type { ProxiedRequest } from '../context/client-address.js';

/**
 * The request of an upgrade as its contexts see it, for as long as the connection lasts. Once the connection is
 * accepted the headers are kept as one text, a fraction of what node's request and its strings hold, and are an object
 * again when somebody asks for them.
 */
export class UpgradeRequest implements ProxiedRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly socket: { readonly remoteAddress?: string | undefined };
  #headers: IncomingHttpHeaders | string;

  constructor({ method, url, headers, socket }: IncomingMessage) {
    this.method = method;
    this.url = url;
    this.socket = socket;
    this.#headers = headers;
  }

  get headers(): IncomingHttpHeaders {
    if (typeof this.#headers === 'string') this.#headers = unpack(this.#headers);
    return this.#headers;
  }

  /** Called when the request has become a connection, most of which never look at a header again. */
  pack(): void {
    const parts: string[] = [];
    for (const [name, value] of Object.entries(this.headers)) {
      for (const each of Array.isArray(value) ? value : [value ?? '']) parts.push(name, each);
    }
    // No header holds a line break (RFC 9110, section 5.5). Joined, as one flat text is smaller than a tree of pieces.
    this.#headers = parts.join('\n');
  }
}

function unpack(text: string): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = {};
  const parts = text === '' ? [] : text.split('\n');
  for (let index = 0; index < parts.length; index += 2) {
    const name = parts[index] ?? '';
    const value = parts[index + 1] ?? '';
    // The one header that node keeps as a list.
    if (name === 'set-cookie') (headers[name] ??= []).push(value);
    else headers[name] = value;
  }
  return headers;
}
