import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

import { openBodyStream, type ParsedBody, readBody, readBytes, readText } from '../body/read-body.js';
import { UploadedFiles } from '../body/uploaded-file.js';
import type { BodyLimits } from '../body/body-limits.js';
import {
  abortContext,
  bodyCheckOf,
  type HttpContext,
  setDeadline,
  setSseOpener,
  type SseOpener,
} from '../context/http-context.js';
import type { RequestScope } from '../context/injector.js';
import { type SseOptions, TooLateForStream } from '../context/sse-stream.js';
import type { AnswerForm } from './answer-form.js';
import type { Endpoint, RequestEndpoint } from './endpoint.js';
import { EventStream } from './event-stream.js';
import type { PlatformCall } from './platform-calls.js';
import type { Service } from './service.js';

/** One request and its answer, from match to end: what the steps of the lifecycle hand on to each other. */
export class Exchange implements SseOpener {
  /** What answers it, be it a request or an upgrade; undefined where nothing matched. */
  target: Endpoint | undefined;
  /** The request asks for a WebSocket. */
  upgrade = false;
  /** The same where it is a request. */
  endpoint: RequestEndpoint | undefined;
  /** What the platform itself asks, where it is that. */
  platformCall: PlatformCall | undefined;
  /** Why the request is answered with an error before anything else. */
  refusal: unknown;
  /** The event stream, once one was opened. */
  stream: EventStream | undefined;
  /** The code of the error that was answered, for the access line. */
  errorCode: string | undefined;
  /** Whether the request has a Content-Length or a Transfer-Encoding. */
  announcesBody = true;
  /** The client waits for `100 Continue` before it sends the body (RFC 9110, section 10.1.1). */
  expectsContinue = false;
  /** When the handler was called and its result was there, by `performance.now()`; 0: not, or nobody observes it. */
  calledAt = 0;
  doneAt = 0;
  /** What an observer keeps of it: see telemetry/observer.ts. */
  trace: unknown;
  traceId: string | undefined;
  /** The whole answer is on its way; what comes after it is of no interest. */
  answered = false;
  /** After the answer the connection is closed, and the client is still sending: it is heard out for a while. */
  lingers = false;
  /** The whole answer is written, and the client is being heard out. */
  heardOut = false;
  /** What answers when the handler does not, in time; with its limit, and how that is kept: see handler-times.ts. */
  timeUp: ((exchange: Exchange) => void) | undefined;
  limitMs = 0;
  dueAt: number | undefined;
  timer: NodeJS.Timeout | undefined;
  /** The body is being read for the handler, which has not begun. */
  reading = false;
  /** The moment at which the platform cuts the request, in epoch milliseconds; `undefined`: it does not. */
  cutAt: number | undefined;
  scope: RequestScope | undefined;
  #uploads: UploadedFiles | undefined;
  /** When it arrived, by `performance.now()`; 0: nobody observes it. */
  readonly started: number;

  constructor(
    readonly service: Service,
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly context: HttpContext,
  ) {
    this.started = service.observer === undefined ? 0 : performance.now();
    setSseOpener(context, this);
  }

  /** The exchange's one event stream. @throws Error when another answer has begun. */
  openSse(options?: SseOptions): EventStream {
    if (this.stream !== undefined) return this.stream;
    if (!this.open) throw new TooLateForStream('context.sse(): the answer has begun already, or the client has left');
    // The handler's time was for its answer, which begins here: a stream may go on for as long as the platform lets it.
    setDeadline(this.context, this.cutAt ?? Number.POSITIVE_INFINITY);
    this.stream = new EventStream(this, options);
    // A plain function's stream is there from this call on, whatever becomes of the function.
    if (this.form !== undefined) this.stream.open();
    return this.stream;
  }

  /** The handler's name, for the log; undefined where nothing matched. */
  get name(): string | undefined {
    return this.platformCall === undefined ? this.target?.name : this.platformCall.name;
  }

  /** The route's path as declared. */
  get pattern(): string | undefined {
    return this.target?.path;
  }

  /** The route wants no access records. */
  get quiet(): boolean {
    return this.target?.quiet === true;
  }

  /** How results and errors are answered, where not as controllers do. */
  get form(): AnswerForm | undefined {
    return this.target === undefined ? this.service.functions?.form : this.target.form;
  }

  /** Whether an answer can still be given. */
  get open(): boolean {
    return !this.response.headersSent && !this.response.destroyed && !this.response.writableEnded;
  }

  /**
   * Whether the network took the whole answer; asked when the response has closed. Node says `finish` of what it still
   * had to write when the connection was cut, too.
   */
  get delivered(): boolean {
    return this.heardOut || (this.response.writableFinished && !this.request.socket.destroyed);
  }

  parseBody(limits: BodyLimits): ParsedBody | Promise<ParsedBody> {
    this.reading = true;
    // The files of a form have limits of their own.
    if (!isMultipart(this.request)) {
      this.sayContinue(limits.maxBodyBytes);
      return this.#beforeCheck(readBody(this.request, limits, NO_UPLOADS));
    }
    this.sayContinue();
    return this.#beforeCheck(readBody(this.request, limits, (this.#uploads ??= new UploadedFiles())));
  }

  readBytes(limits: BodyLimits): Buffer | Promise<Buffer> {
    this.reading = true;
    this.sayContinue(limits.maxBodyBytes);
    return this.#beforeCheck(readBytes(this.request, limits));
  }

  readText(limits: BodyLimits): string | Promise<string> {
    this.reading = true;
    this.sayContinue(limits.maxBodyBytes);
    return this.#beforeCheck(readText(this.request, limits));
  }

  /** A body that a middleware has checked is given by a promise always: the check ends when what was read is there. */
  #beforeCheck<Read>(read: Read | Promise<Read>): Read | Promise<Read> {
    return bodyCheckOf(this.context) === undefined ? read : Promise.resolve(read);
  }

  /** The body as it comes. One that a middleware has checked errors in place of its end where it is not right. */
  openBody(maxBytes: number | undefined): Readable {
    this.sayContinue(maxBytes);
    const check = bodyCheckOf(this.context);
    if (check === undefined) return openBodyStream(this.request, maxBytes);
    return openBodyStream(this.request, maxBytes, () => check.end());
  }

  /** Tells a client that waits for it to send its body, unless what it announces is refused anyway. */
  sayContinue(maxBytes = Number.POSITIVE_INFINITY): void {
    if (!this.expectsContinue || Number(this.request.headers['content-length'] ?? 0) > maxBytes) return;
    this.expectsContinue = false;
    this.response.writeContinue();
  }

  /** Nobody waits for the answer any more. */
  abandon(reason: Error): void {
    abortContext(this.context, reason);
  }

  /** Whether there is anything to give back: most requests hold nothing. */
  get holdsResources(): boolean {
    return this.#uploads !== undefined || this.scope !== undefined;
  }

  /** Gives back what the request held: uploads that were not moved, instances of its scope. */
  async release(): Promise<void> {
    try {
      await this.#uploads?.discard();
    } finally {
      await this.scope?.dispose();
    }
  }
}

/** For bodies that hold no files. */
const NO_UPLOADS = new UploadedFiles();

/** Whether it is a form with files, by its type alone. */
export function isMultipart({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.trimStart().slice(0, 10).toLowerCase() === 'multipart/';
}
