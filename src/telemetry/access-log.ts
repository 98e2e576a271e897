import type { Logger } from './log.js';
import {
  type Observed,
  type ObservedNetwork,
  type ObservedRequest,
  type ObservedSocket,
  type Observer,
  statusOf,
} from './observer.js';

/**
 * One record for each request when it has ended; for an event stream and a WebSocket one when it opens, too. Of headers
 * it has the user agent alone, and never the query: both hold secrets.
 */
export class AccessLog implements Observer {
  readonly #log: Logger;
  readonly #every: number;
  #unwritten = 0;
  /** Bytes of each connection that belong to requests before: many follow one another on it. */
  readonly #counted = new WeakMap<ObservedNetwork, Counted>();

  /** @param every of requests that went well, one in so many is written (option `accessLogEvery`). */
  constructor(log: Logger, every = 1) {
    this.#log = log;
    this.#every = every;
  }

  requestEnded(ended: ObservedRequest): void {
    const { request, delivered, started, calledAt, doneAt, errorCode, stream } = ended;
    const network = request.socket;
    const { bytesRead, bytesWritten } = network;
    const before = this.#counted.get(network) ?? NOTHING;
    this.#counted.set(network, { read: bytesRead, written: bytesWritten });
    if (ended.quiet) return;
    const status = statusOf(ended);
    const isStream = stream?.opened === true;
    const aborted = !isStream && !delivered;
    if (status < 400 && !aborted && !isStream && this.#skips()) return;
    const fields = fieldsOf(ended, status, started);
    if (doneAt > 0 && calledAt > 0) fields['handlerMs'] = tenths(doneAt - calledAt);
    fields['bytesIn'] = bytesRead - before.read;
    fields['bytesOut'] = bytesWritten - before.written;
    if (errorCode !== undefined) fields['code'] = errorCode;
    if (isStream) {
      fields['sse'] = true;
      fields['messages'] = stream.messages;
      if (stream.resumes > 0) fields['resumes'] = stream.resumes;
    }
    if (aborted) fields['aborted'] = true;
    this.#write(status, errorCode !== undefined, fields);
  }

  streamOpened(request: ObservedRequest): void {
    if (request.quiet) return;
    this.#log.info(fieldsOf(request, 200, request.started), 'sse opened');
  }

  socketOpened(socket: ObservedSocket): void {
    if (socket.quiet) return;
    this.#log.info(fieldsOf(socket, 101, socket.started), 'websocket opened');
  }

  socketClosed(socket: ObservedSocket, closeCode: number): void {
    if (socket.quiet) return;
    const { network, messagesIn, messagesOut, resumes } = socket;
    const fields = fieldsOf(socket, 101, socket.started);
    fields['closeCode'] = closeCode;
    fields['messagesIn'] = messagesIn;
    fields['messagesOut'] = messagesOut;
    fields['bytesIn'] = network?.bytesRead ?? 0;
    fields['bytesOut'] = network?.bytesWritten ?? 0;
    if (resumes > 0) fields['resumes'] = resumes;
    this.#log.info(fields, 'websocket');
  }

  #skips(): boolean {
    if (this.#every === 1) return false;
    this.#unwritten += 1;
    if (this.#unwritten < this.#every) return true;
    this.#unwritten = 0;
    return false;
  }

  /**
   * A mistake of ours is an error; one of the client's is worth a look, and so is an answer that went wrong after its
   * status was sent; a client that left is neither.
   */
  #write(status: number, failed: boolean, fields: object): void {
    if (status >= 500) this.#log.error(fields, 'request');
    else if (status !== 499 && (status >= 400 || failed)) this.#log.warn(fields, 'request');
    else this.#log.info(fields, 'request');
  }
}

interface Counted {
  readonly read: number;
  readonly written: number;
}

const NOTHING: Counted = { read: 0, written: 0 };

function fieldsOf({ context, name, traceId }: Observed, status: number, since: number): Record<string, unknown> {
  const fields: Record<string, unknown> = {
    requestId: context.requestId,
    method: context.method,
    path: context.path.slice(0, MAX_PATH),
    status,
    ms: tenths(performance.now() - since),
    ip: context.ip,
  };
  const userAgent = context.headers['user-agent'];
  if (userAgent !== undefined) fields['userAgent'] = userAgent.slice(0, MAX_USER_AGENT);
  if (name !== undefined) fields['route'] = name;
  if (traceId !== undefined) fields['traceId'] = traceId;
  return fields;
}

/** Characters of what is the client's own word, and may be 16 KiB long. */
const MAX_PATH = 1024;
const MAX_USER_AGENT = 256;

/** Milliseconds with one decimal. */
function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
