import { once } from 'node:events';
import { Readable } from 'node:stream';

import type { Exchange } from './exchange.js';
import { hasHeader, type Headers } from './headers.js';
import { discardResult } from './result.js';
import { finishHeaders, isBodiless } from './write-body.js';

/**
 * Streams a body as fast as the client reads and no faster. The headers go out with the first bytes, so a source that
 * fails before them is an ordinary error (this rejects); one that fails later breaks the connection, which tells the
 * client that the body is not whole. The source is destroyed when the client leaves.
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
  if (request.method === 'HEAD' || isBodiless(status)) {
    discardResult(source);
    finishHeaders(exchange, headers);
    response.writeHead(status, headers as Record<string, string>);
    response.end();
    return;
  }
  const iterator = source[Symbol.asyncIterator]();
  const leave = () => {
    // A Readable that waits for its own source would not hear `return`, which queues behind the pending read.
    if (source instanceof Readable) source.destroy();
    else void iterator.return?.()?.then(undefined, ignoreLateError);
  };
  response.once('close', leave);
  try {
    let step = await iterator.next();
    if (!exchange.open) return;
    finishHeaders(exchange, headers);
    response.writeHead(status, headers as Record<string, string>);
    // Headers of a stream that has no bytes yet would otherwise wait for them.
    for (; step.done !== true; step = await iterator.next()) {
      if (response.destroyed) return;
      if (!response.write(toBytes(step.value))) await drained(exchange);
    }
    response.end();
  } catch (error) {
    if (!response.headersSent) throw error;
    if (response.destroyed) return; // the client left, and the source noticed
    exchange.errorCode = 'INTERNAL';
    exchange.context.log.error({ err: error, route: exchange.name }, 'a response body failed midway');
    response.destroy();
  } finally {
    response.off('close', leave);
    if (!response.writableEnded) leave();
  }
}

function toBytes(chunk: unknown): string | Uint8Array {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return chunk;
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  throw new TypeError(
    `a streamed body gave a chunk of type ${chunk === null ? 'null' : typeof chunk}: give text or bytes`,
  );
}

/** Resolves when the client has taken what was written, or has left. */
async function drained({ response }: Exchange): Promise<void> {
  if (response.destroyed) return;
  const abandoned = new AbortController();
  const options = { signal: abandoned.signal };
  await Promise.race([once(response, 'drain', options), once(response, 'close', options)]).finally(() =>
    abandoned.abort(),
  );
}

/** The client is gone: how the source ends is of no interest. */
function ignoreLateError(): void {
  // see above
}
