import { Readable } from 'node:stream';

import type { Exchange } from './exchange.js';
import { deleteHeader, getHeader, hasHeader, type Headers, setHeader } from './headers.js';
import { discardResult, ignoreLateError, isReadableStream } from './result.js';
import { checkLength, endResponse, isBodiless, writeHead } from './write-body.js';
import { watchStall } from './write-stall.js';

/**
 * Streams a body as fast as the client reads and no faster. The headers go out with the first bytes, so a source that
 * fails before them is an ordinary error (this rejects); one that fails later breaks the connection, which tells the
 * client that the body is not whole. So does one that is not as long as its Content-Length says: the client would wait
 * for the rest, or take it for the next response. The source is destroyed when the client leaves.
 */
export async function streamBody(
  exchange: Exchange,
  status: number,
  headers: Headers,
  type: string | undefined,
  source: AsyncIterable<unknown>,
): Promise<void> {
  const { response, request } = exchange;
  if (type !== undefined && !hasHeader(headers, 'content-type')) headers['Content-Type'] = type;
  // How the body is framed is this connection's affair. Taken at its word, node would frame it in no way that a client
  // could read: `identity` in none at all, `chunked` beside a length, and both to HTTP/1.0.
  deleteHeader(headers, 'transfer-encoding');
  try {
    checkLength(headers);
  } catch (error) {
    discardResult(source);
    throw error;
  }
  if (request.method === 'HEAD' || status === 205 || isBodiless(status)) {
    discardResult(source);
    if (status === 205) setHeader(headers, 'Content-Length', 0); // RFC 9110, section 15.3.6
    writeHead(exchange, status, headers);
    endResponse(exchange);
    return;
  }
  const chunks = openSource(source);
  const length = new AnnouncedLength(getHeader(headers, 'content-length'));
  let begun = false;
  let done = false;
  let sent = 0;
  const leave = () => chunks.leave();
  response.once('close', leave);
  try {
    let step = await chunks.next();
    if (!exchange.open) return; // the client has left, or the time was up
    let bytes = step.done === true ? undefined : toBytes(step.value);
    writeHead(exchange, status, headers);
    begun = true;
    for (; step.done !== true; step = await chunks.next()) {
      bytes ??= toBytes(step.value);
      if (response.destroyed) return;
      sent += length.take(bytes);
      if (!response.write(bytes)) await drained(exchange);
      bytes = undefined;
    }
    done = true;
    exchange.service.responseLimits.checkBody(exchange, sent, String(getHeader(headers, 'content-type')));
    length.end();
    if (!response.destroyed) endResponse(exchange);
  } catch (error) {
    if (!begun && exchange.open) throw error;
    if (response.destroyed || !begun) return; // nobody waits for it any more, and the source noticed
    exchange.errorCode = 'INTERNAL';
    exchange.context.log.error({ err: error, route: exchange.name }, 'a response body failed midway');
    response.destroy();
  } finally {
    response.off('close', leave);
    if (!done) leave();
  }
}

/** Holds a body to its Content-Length, where it has one. */
class AnnouncedLength {
  #left: number | undefined;

  constructor(header: Headers[string] | undefined) {
    this.#left = header === undefined ? undefined : Number(header);
  }

  /** Counts a chunk. @returns its length in bytes. */
  take(bytes: string | Uint8Array): number {
    const taken = typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.byteLength;
    if (this.#left === undefined) return taken;
    this.#left -= taken;
    if (this.#left < 0) throw new Error('the body is longer than its Content-Length');
    return taken;
  }

  end(): void {
    if (this.#left !== undefined && this.#left > 0) throw new Error('the body is shorter than its Content-Length');
  }
}

/** A source of a body: the next chunk, and the end of it whatever it waits for. */
interface Chunks {
  next(): Promise<{ readonly done?: boolean | undefined; readonly value?: unknown }>;
  leave(): void;
}

function openSource(source: AsyncIterable<unknown>): Chunks {
  // The iterator of either stream queues `return` behind a pending `next`, and so would not hear it while it waits.
  if (isReadableStream(source)) {
    const reader = source.getReader();
    return { next: () => reader.read(), leave: () => void reader.cancel().catch(ignoreLateError) };
  }
  const iterator = source[Symbol.asyncIterator]();
  if (source instanceof Readable) return { next: () => iterator.next(), leave: () => void source.destroy() };
  return { next: () => iterator.next(), leave: () => void iterator.return?.()?.then(undefined, ignoreLateError) };
}

function toBytes(chunk: unknown): string | Uint8Array {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return chunk;
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  throw new TypeError(
    `a streamed body gave a chunk of type ${chunk === null ? 'null' : typeof chunk}: give text or bytes`,
  );
}

/** Resolves when the client has taken what was written, or has left. */
function drained(exchange: Exchange): Promise<void> {
  const { response } = exchange;
  if (response.destroyed) return Promise.resolve();
  watchStall(exchange);
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
