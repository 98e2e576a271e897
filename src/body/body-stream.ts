import type { IncomingMessage } from 'node:http';
import { Readable, type Transform } from 'node:stream';
import { HttpError } from '../errors/http-error.js';
import { alreadyRead, bodyTooLarge, incompleteBody } from './body-errors.js';
import { createInflaters } from './content-encoding.js';

/**
 * The body as a stream, inflated. Nothing is read before the stream is. It errors with
 * - `BODY_TOO_LARGE` when more than `maxBytes` arrive, or come out of the inflater,
 * - `MALFORMED_ENCODING` when the body is not what its Content-Encoding says,
 * - `INCOMPLETE_BODY` when the client leaves midway.
 *
 * Destroying the stream stops the reading and leaves the request and its socket alone, so that an answer can still be
 * sent. As with a request of node:http, an error that nobody listens for does not end the process.
 *
 * @param maxBytes Without it there is no limit.
 * @param atEnd Called when all has been read; what it throws is the stream's error in place of its end.
 * @throws 415 `UNSUPPORTED_ENCODING`
 */
export function openBodyStream(
  request: IncomingMessage,
  maxBytes: number | undefined,
  atEnd: () => void = doNothing,
): Readable {
  return new BodyStream(request, createInflaters(request.headers['content-encoding']), atEnd, maxBytes);
}

class BodyStream extends Readable {
  private readonly request: IncomingMessage;
  private readonly inflaters: readonly Transform[];
  private readonly atEnd: () => void;
  private readonly maxBytes: number;
  /** The request or the last inflater; undefined until someone reads. */
  private source: Readable | undefined;
  private bytesIn = 0;
  private bytesOut = 0;

  constructor(
    request: IncomingMessage,
    inflaters: readonly Transform[],
    atEnd: () => void,
    maxBytes = Number.POSITIVE_INFINITY,
  ) {
    super();
    this.atEnd = atEnd;
    this.request = request;
    this.inflaters = inflaters;
    this.maxBytes = maxBytes;
  }

  override _read(): void {
    if (this.source === undefined) this.begin();
    else this.source.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (this.source !== undefined) this.end(this.source);
    for (const inflater of this.inflaters) inflater.destroy();
    callback(this.listenerCount('error') === 0 ? null : error);
  }

  private begin(): void {
    const { request, inflaters, maxBytes } = this;
    if (request.readableEnded) return void this.destroy(alreadyRead());
    if (request.destroyed) return void this.destroy(incompleteBody());
    if (Number(request.headers['content-length']) > maxBytes) return void this.destroy(bodyTooLarge(maxBytes));

    request.on('error', this.onRequestError);
    request.on('close', this.onRequestClose);
    // Also before inflating: there are compressed streams of any length that inflate to nothing.
    if (inflaters.length > 0) request.on('data', this.onBytesIn);
    let source: Readable = request;
    for (const inflater of inflaters) {
      inflater.on('error', this.onInflaterError);
      source = source.pipe(inflater);
    }
    this.source = source;
    source.on('data', this.onBytesOut);
    source.on('end', this.onEnd);
  }

  private end(source: Readable): void {
    const { request, inflaters } = this;
    request.off('error', this.onRequestError);
    request.off('close', this.onRequestClose);
    request.off('data', this.onBytesIn);
    source.off('data', this.onBytesOut);
    source.off('end', this.onEnd);
    if (inflaters[0] !== undefined) request.unpipe(inflaters[0]);
    if (!request.readableEnded) request.pause();
  }

  private readonly onBytesIn = (chunk: Buffer): void => {
    this.bytesIn += chunk.length;
    if (this.bytesIn > this.maxBytes) this.destroy(bodyTooLarge(this.maxBytes));
  };

  private readonly onBytesOut = (chunk: Buffer): void => {
    this.bytesOut += chunk.length;
    if (this.bytesOut > this.maxBytes) this.destroy(bodyTooLarge(this.maxBytes));
    else if (!this.push(chunk)) this.source?.pause();
  };

  private readonly onEnd = (): void => {
    try {
      this.atEnd();
    } catch (error) {
      this.destroy(error as Error); // whatever it is: `destroy` takes any thrown value
      return;
    }
    this.push(null);
  };

  private readonly onInflaterError = (error: Error): void => {
    this.destroy(HttpError.of('MALFORMED_ENCODING', 'the compressed body is corrupt', { cause: error }));
  };

  private readonly onRequestError = (error: Error): void => {
    this.destroy(incompleteBody(error));
  };

  private readonly onRequestClose = (): void => {
    if (!this.request.readableEnded) this.destroy(incompleteBody());
  };
}

function doNothing(): void {
  // most bodies are not checked
}
