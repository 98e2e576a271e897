import type { ClientRequest, IncomingMessage } from 'node:http';

import { type TestQuery, withQuery } from './fake-request.js';

// As a module it would cost every start dearly on Node 22 and later (nodejs/node#59686).
const http = process.getBuiltinModule('node:http');

/** What a request carries. Of `json`, `form` and `body`, one. */
export interface TestRequestInit {
  /** Sent as they are, names included; a list is one header given several times. They win over what is derived. */
  headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Added to the path's query. */
  query?: TestQuery;
  /** Sent as `application/json`. */
  json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`, a `FormData` as `multipart/form-data`. */
  form?: Readonly<Record<string, string>> | FormData;
  /** Sent as it is, without a `Content-Type`. */
  body?: string | Uint8Array;
  /** Breaks the connection, and rejects what waits for the answer. */
  signal?: AbortSignal;
}

interface Body {
  readonly bytes: Uint8Array;
  readonly type: string | undefined;
}

/**
 * Sends one request on a connection of its own and resolves to the answer once its head is there. By node:http, which
 * unlike fetch leaves path and headers as they are.
 *
 * @param onRequest is given the request before it is sent, so that it can be cut from outside.
 */
export async function sendRequest(
  port: number,
  method: string,
  path: string,
  init: TestRequestInit,
  onRequest: (request: ClientRequest) => void,
): Promise<IncomingMessage> {
  const { signal } = init;
  const body = await bodyOf(init);
  signal?.throwIfAborted();
  const request = http.request({
    host: '127.0.0.1',
    port,
    method,
    path: withQuery(path, init.query),
    headers: headersOf(init, body),
    // No connection is used twice: one that the server closes meanwhile would fail the next test.
    agent: false,
    ...(signal === undefined ? {} : { signal }),
  });
  onRequest(request);
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject); // stays: an error after the answer shows in the answer
    request.once('close', () => reject(new Error(`${method} ${path}: the connection was closed without an answer`)));
    request.end(body?.bytes);
  });
}

function headersOf({ headers = {} }: TestRequestInit, body: Body | undefined): Record<string, string | string[]> {
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const all: Record<string, string | string[]> = {};
  if (body?.type !== undefined && !given.has('content-type')) all['Content-Type'] = body.type;
  // Node announces the length by itself only for methods that usually have a body.
  if (body !== undefined && !given.has('content-length') && !given.has('transfer-encoding')) {
    all['Content-Length'] = String(body.bytes.byteLength);
  }
  for (const [name, value] of Object.entries(headers)) all[name] = typeof value === 'string' ? value : [...value];
  return all;
}

async function bodyOf({ json, form, body }: TestRequestInit): Promise<Body | undefined> {
  if ([json, form, body].filter((one) => one !== undefined).length > 1) {
    throw new TypeError('a request has one body: give json, form or body');
  }
  if (json !== undefined) return { bytes: Buffer.from(JSON.stringify(json)), type: 'application/json' };
  if (form instanceof FormData) {
    const encoded = new Response(form); // chooses the boundary and writes the parts
    return { bytes: Buffer.from(await encoded.arrayBuffer()), type: encoded.headers.get('content-type') ?? undefined };
  }
  if (form !== undefined) {
    const text = new URLSearchParams(Object.entries(form)).toString();
    return { bytes: Buffer.from(text), type: 'application/x-www-form-urlencoded' };
  }
  if (body === undefined) return undefined;
  return { bytes: typeof body === 'string' ? Buffer.from(body) : body, type: undefined };
}
