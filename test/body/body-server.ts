import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { BodyLimits } from '#src/body/body-limits.js';
import { HttpError } from '#src/errors/http-error.js';

/** The defaults of the options, small enough here to be exceeded in a test. */
export const LIMITS: BodyLimits = {
  maxBodyBytes: 1 << 20,
  maxJsonDepth: 64,
  maxFormFields: 200,
  maxFormParts: 1000,
  maxFieldNameBytes: 200,
  maxFiles: 20,
  maxFileBytes: 10 << 20,
  multipartTimeoutMs: 60_000,
  temporaryFolder: '/nonexistent',
};

export interface Outcome<T> {
  readonly request: IncomingMessage;
  /** Whether an answer could still be sent when the reading had ended. */
  readonly answerable: boolean;
  readonly value?: T;
  readonly error?: unknown;
}

/** A real server that reads each request by `read` and hands what came of it to the test. */
export class BodyServer<T> {
  readonly #outcomes: Outcome<T>[] = [];
  readonly #waiting: ((outcome: Outcome<T>) => void)[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server;

  constructor(read: (request: IncomingMessage) => T | Promise<T>) {
    this.#server = createServer((request, response) => void this.#answer(read, request, response));
  }

  async listen(): Promise<this> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  /** Opens a connection and writes to it; it stays open. */
  open(...pieces: (string | Buffer)[]): Socket {
    const address = this.#server.address();
    assert.ok(address !== null && typeof address === 'object', 'listen() comes first');
    const socket = connect(address.port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    socket.resume();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    for (const piece of pieces) socket.write(piece);
    return socket;
  }

  /** The next request's outcome, in the order in which they end. */
  outcome(): Promise<Outcome<T>> {
    const ready = this.#outcomes.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Sends one request and gives its outcome. */
  async exchange(...pieces: (string | Buffer)[]): Promise<Outcome<T>> {
    const socket = this.open(...pieces);
    const outcome = await this.outcome();
    socket.destroy();
    return outcome;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(
    read: (request: IncomingMessage) => T | Promise<T>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    try {
      const value = await read(request);
      this.#deliver({ request, answerable: !request.socket.destroyed, value });
      response.end('ok');
    } catch (error) {
      this.#deliver({ request, answerable: !request.socket.destroyed, error });
      response.writeHead(error instanceof HttpError ? error.status : 500, { Connection: 'close' }).end();
    }
  }

  #deliver(outcome: Outcome<T>): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#outcomes.push(outcome);
    else next(outcome);
  }
}

/** A POST with its length announced. */
export function post(type: string | undefined, body: string | Buffer, headers: Record<string, string> = {}): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([head(type, { 'Content-Length': String(bytes.length), ...headers }), bytes]);
}

/** A POST in the chunks given. */
export function postChunked(
  type: string | undefined,
  chunks: readonly (string | Buffer)[],
  headers: Record<string, string> = {},
): Buffer {
  const parts = [head(type, { 'Transfer-Encoding': 'chunked', ...headers })];
  for (const chunk of chunks) {
    const bytes = Buffer.from(chunk);
    if (bytes.length === 0) continue; // An empty chunk would be the last.
    parts.push(Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n'));
  }
  parts.push(Buffer.from('0\r\n\r\n'));
  return Buffer.concat(parts);
}

/** The header block of a POST, as it goes over the wire. */
export function head(type: string | undefined, headers: Record<string, string>): Buffer {
  const lines = ['POST / HTTP/1.1', 'Host: test'];
  if (type !== undefined) lines.push(`Content-Type: ${type}`);
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

/** Cuts bytes at the places given, in any order, beyond the end or not. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((cut, index) => bytes.subarray(cuts[index], cut));
}

/** The listeners that reading has put on a request, node's own not counted. */
export function listenersOn(request: IncomingMessage): number {
  const events = ['data', 'error', 'close', 'readable', 'aborted'];
  return events.reduce((count, event) => count + request.listenerCount(event), 0);
}

/** The code of the HttpError that an outcome ended with. */
export function codeOf(outcome: { readonly error?: unknown; readonly value?: unknown }): string {
  if (outcome.error instanceof HttpError) return outcome.error.code;
  return outcome.error === undefined ? `no error: ${JSON.stringify(outcome.value)}` : String(outcome.error);
}

/** The detail of the HttpError that an outcome ended with. */
export function detailOf(outcome: { readonly error?: unknown }): string {
  return outcome.error instanceof HttpError ? outcome.error.message : String(outcome.error);
}
