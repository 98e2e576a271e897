import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { HttpError } from '../errors/http-error.js';
import { alreadyRead, bodyTooLarge, incompleteBody } from './body-errors.js';
import type { BodyLimits } from './body-limits.js';
import { openBodyStream } from './body-stream.js';
import type { ContentType } from './content-type.js';
import { ServerRequest } from './server-request.js';

/** Whether the request announces a body of at least one byte (RFC 9112, section 6). A chunked one may still be empty. */
export function hasBody(request: IncomingMessage): boolean {
  const { headers } = request;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Collects the body, inflated, and gives what `parse` makes of it; what `parse` throws is the rejection. Past
 * `maxBodyBytes` it rejects with `BODY_TOO_LARGE` and stops reading: before the first byte when the announced length
 * already says so. The socket is left to the server, which has an answer to send.
 *
 * Where the body has come already, because the server awaited it, there is nothing to wait for and no promise; what
 * `parse` throws is thrown.
 */
export function collectBytes<T>(
  request: IncomingMessage,
  limits: BodyLimits,
  type: ContentType | undefined,
  parse: (bytes: Buffer, limits: BodyLimits, type: ContentType | undefined) => T,
): T | Promise<T> {
  const body = request instanceof ServerRequest ? request.body : undefined;
  // Awaited are only those that are within the limit and not compressed.
  if (body !== undefined) return parse(body, limits, type);
  return new Promise((resolve, reject) => {
    const { headers } = request;
    const { maxBodyBytes } = limits;
    if (request.readableEnded) return reject(alreadyRead());
    if (request.destroyed) return reject(incompleteBody());
    if (Number(headers['content-length']) > maxBodyBytes) return reject(bodyTooLarge(maxBodyBytes));

    const inflated = headers['content-encoding'] !== undefined;
    const source: Readable = inflated ? openBodyStream(request, maxBodyBytes) : request;
    // Nearly every body is one chunk, which then needs neither an array nor a copy.
    let first: Buffer | undefined;
    let chunks: Buffer[] | undefined;
    let size = 0;

    function onData(chunk: Buffer): void {
      size += chunk.length;
      if (size > maxBodyBytes) return fail(bodyTooLarge(maxBodyBytes));
      if (first === undefined) first = chunk;
      else if (chunks === undefined) chunks = [first, chunk];
      else chunks.push(chunk);
    }
    function onEnd(): void {
      release();
      let value: T;
      try {
        value = parse(chunks === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(chunks, size), limits, type);
      } catch (error) {
        return reject(error);
      }
      resolve(value);
    }
    function onClose(): void {
      fail(incompleteBody());
    }
    function fail(error: Error): void {
      release();
      if (inflated) source.destroy();
      else source.pause();
      reject(inflated || error instanceof HttpError ? error : incompleteBody(error));
    }
    function release(): void {
      source.off('data', onData);
      source.off('end', onEnd);
      source.off('error', fail);
      source.off('close', onClose);
    }
    source.on('data', onData);
    source.on('end', onEnd);
    source.on('error', fail);
    source.on('close', onClose);
  });
}
