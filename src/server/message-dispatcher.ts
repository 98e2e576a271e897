// Longer than 250 lines because the order of messages, their limits and their answers guard one state.
import { HttpError } from '../errors/http-error.js';
import { describe, toHttpError, toProblem } from '../errors/problem.js';
import type { CloseEvent } from '../context/web-socket-connection.js';
import type { WebSocketContext } from '../context/web-socket-context.js';
import type { TracedMessage } from '../telemetry/tracing.js';
import { type Addressed, addressMessage } from './address-message.js';
import type { Call, WebSocketEndpoint } from './endpoint.js';
import type { Service } from './service.js';
import { idIn } from './message-envelope.js';
import type { SocketConnection } from './socket-connection.js';
import { withinTime } from './within-time.js';

/** One message as it came, waiting for those before it. */
interface Frame {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/**
 * Brings the messages of one connection to its handlers, one after the other, `open` before all and `close` after all.
 * When too many wait, the socket is paused: the client's TCP window fills instead of this process's memory.
 */
export class MessageDispatcher {
  /** Made when a message has to wait. */
  #waiting: Frame[] | undefined;
  readonly #connection: SocketConnection;
  #running: Promise<void> | undefined;
  /** The `error` handler at work. */
  #failing: Promise<void> | undefined;
  #paused = false;
  /** The message that is being handled, where there are spans. */
  #traced: TracedMessage | undefined;

  constructor(connection: SocketConnection) {
    this.#connection = connection;
  }

  get #service(): Service {
    return this.#connection.service;
  }

  get #endpoint(): WebSocketEndpoint {
    return this.#connection.endpoint;
  }

  get #context(): WebSocketContext {
    return this.#connection.context;
  }

  /** Runs the `open` handler, then what came in the meantime. A failing `open` closes the connection with 1011. */
  open(): Promise<void> {
    return (this.#running = this.#inContext(() => this.#open()));
  }

  /** Handles a message, at once where no other is at work: a handler that waits for nothing costs no promise. */
  push(data: Buffer, isBinary: boolean): void {
    if (this.#connection.dismissed) return;
    if (this.#running !== undefined) {
      const waiting = (this.#waiting ??= []);
      waiting.push({ data, isBinary });
      if (!this.#paused && waiting.length >= this.#service.settings.maxQueuedMessages) this.#pause(true);
      return;
    }
    const { currentContext } = this.#service;
    if (currentContext === undefined) this.#start(data, isBinary);
    else currentContext.run(this.#context, () => this.#start(data, isBinary));
  }

  /** Resolves when all that has come is handled. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Handles what still waits, then runs the `close` handler. */
  async close(event: CloseEvent): Promise<void> {
    await this.idle();
    await this.#failing;
    if (!this.#connection.begun) return;
    const { code, reason, wasClean } = event;
    await this.#inContext(() => this.#report('close', { code, reason, wasClean }, this.#endpoint.close, event));
  }

  onError(error: Error): void {
    this.#context.log.debug({ err: error }, 'a WebSocket failed');
    const fields = { message: error.message, error };
    this.#failing = this.#inContext(() => this.#report('error', fields, this.#endpoint.error, error));
  }

  /** A socket's events come from outside any request: `currentContext()` is told again which connection it is. */
  #inContext<Result>(work: () => Result): Result {
    const { currentContext, tracing } = this.#service;
    const run = tracing === undefined ? work : () => tracing.within(this.#connection, work, undefined);
    return currentContext === undefined ? run() : currentContext.run(this.#context, run);
  }

  async #open(): Promise<void> {
    const { open } = this.#endpoint;
    try {
      const prepared = this.#connection.prepare();
      if (prepared !== undefined && !(await prepared)) {
        this.#running = undefined;
        return;
      }
      if (open !== undefined) {
        const event = await open.readEvent(this.#context);
        const pending = open.call(event, this.#context, this.#connection.scope);
        if (pending instanceof Promise) await withinTime(pending, open.timeoutMs);
      }
      this.#emit('open', {});
      const opened = this.#connection.onOpened();
      if (opened !== undefined) await opened;
    } catch (thrown) {
      // Closed, so what waits is not handled: `open` may be what lets a client in.
      this.#connection.refuse(this.#problem(this.#log(thrown)));
    }
    // Whoever called has set #running only after this returned its promise: the first turn must not be the last.
    await this.#workOff(Promise.resolve());
  }

  #start(data: Buffer, isBinary: boolean): void {
    const pending = this.#handle(data, isBinary);
    if (pending !== undefined) this.#running = this.#workOff(pending);
  }

  /** What came while a handler was at work, one after the other. */
  async #workOff(before: Promise<void>): Promise<void> {
    await before;
    for (let frame = this.#waiting?.shift(); frame !== undefined; frame = this.#waiting?.shift()) {
      const left = this.#connection.dismissed ? 0 : (this.#waiting?.length ?? 0);
      if (left === 0) this.#waiting = undefined;
      if (this.#paused && left * 2 <= this.#service.settings.maxQueuedMessages) this.#pause(false);
      if (!this.#connection.dismissed) await this.#handle(frame.data, frame.isBinary);
    }
    this.#running = undefined;
  }

  /** Within the span of the message, where there are spans. Never rejects. */
  #handle(data: Buffer, isBinary: boolean): Promise<void> | undefined {
    const { tracing } = this.#service;
    if (tracing === undefined) return this.#handleFrame(data, isBinary);
    const message = tracing.messageBegan(this.#connection, data.byteLength);
    this.#traced = message;
    const end = () => {
      this.#traced = undefined;
      tracing.messageEnded(message);
    };
    const pending = tracing.within(message, () => this.#handleFrame(data, isBinary), undefined);
    if (pending !== undefined) return pending.then(end);
    end();
    return undefined;
  }

  /** Handles one message; what it throws becomes a problem frame and the connection lives on. Never rejects. */
  #handleFrame(data: Buffer, isBinary: boolean): Promise<void> | undefined {
    let addressed: Addressed | undefined;
    try {
      if (this.#connection.listenerCount('message') > 0) {
        this.#emit('message', { data: isBinary ? data : data.toString() });
      }
      addressed = addressMessage(this.#endpoint, data, isBinary, this.#service.settings.maxJsonDepth);
      if (addressed === undefined) return undefined;
      const { handler, value, id } = addressed;
      const claim = id === undefined ? undefined : this.#connection.claim(id);
      if (claim !== undefined) return this.#handleClaimed(addressed, claim);
      const event = handler.readMessage(value);
      if (event instanceof Promise) return this.#handleLater(addressed, event);
      const result = handler.call(event, this.#context, this.#connection.scope);
      if (result instanceof Promise) return this.#answerLater(addressed, result);
      this.#answer(addressed, result);
    } catch (thrown) {
      this.#fail(thrown, addressed);
    }
    return undefined;
  }

  /** A message that may have come before, on another connection: it is handled once. */
  async #handleClaimed(addressed: Addressed, claim: Promise<boolean>): Promise<void> {
    let isFirst: boolean;
    try {
      isFirst = await claim;
    } catch (thrown) {
      // To this connection alone: from its next one the client sends the message again, and has its answer there.
      this.#connection.sendUnkept(this.#failure(thrown, addressed));
      return;
    }
    try {
      if (isFirst) await this.#handleLater(addressed, Promise.resolve(addressed.handler.readMessage(addressed.value)));
    } catch (thrown) {
      this.#fail(thrown, addressed);
    }
  }

  async #handleLater(addressed: Addressed, event: Promise<unknown>): Promise<void> {
    try {
      const result = addressed.handler.call(await event, this.#context, this.#connection.scope);
      if (result instanceof Promise) await this.#answerLater(addressed, result);
      else this.#answer(addressed, result);
    } catch (thrown) {
      this.#fail(thrown, addressed);
    }
  }

  async #answerLater(addressed: Addressed, result: Promise<unknown>): Promise<void> {
    try {
      this.#answer(addressed, await withinTime(result, addressed.handler.timeoutMs));
    } catch (thrown) {
      this.#fail(thrown, addressed);
    }
  }

  #answer({ id }: Addressed, result: unknown): void {
    if (result instanceof HttpError) throw result;
    if (id !== undefined) this.#connection.send({ id, result: result ?? null });
    else if (result !== undefined) this.#connection.send(result);
  }

  #fail(thrown: unknown, addressed: Addressed | undefined): void {
    this.#connection.send(this.#failure(thrown, addressed));
  }

  /** The frame that says what was thrown. */
  #failure(thrown: unknown, addressed: Addressed | undefined): object {
    const error = this.#log(thrown, addressed?.handler.name);
    if (this.#traced !== undefined) this.#traced.errorCode = error.code;
    const id = addressed?.id ?? idIn(thrown);
    return id === undefined ? { error: this.#problem(error) } : { error: this.#problem(error), id };
  }

  #pause(paused: boolean): void {
    this.#paused = paused;
    this.#connection.setPaused(paused);
  }

  /** Tells listeners and a handler of something to which there is no answer: what they throw is logged. */
  async #report(type: string, fields: object, call: Call | undefined, event: unknown): Promise<void> {
    try {
      this.#emit(type, fields);
    } catch (thrown) {
      this.#log(thrown);
    }
    try {
      await call?.(event, this.#context, this.#connection.scope);
    } catch (thrown) {
      this.#log(thrown);
    }
  }

  #log(thrown: unknown, name = this.#endpoint.name): HttpError {
    const error = toHttpError(thrown);
    if (error.status >= 500) {
      this.#service.tracing?.failed(this.#traced ?? this.#connection, error.cause ?? thrown);
      this.#context.log.error(
        { err: error.cause ?? thrown, route: name },
        `a WebSocket handler failed: ${describe(error.cause ?? thrown)}`,
      );
    }
    return error;
  }

  #problem(error: HttpError) {
    return toProblem(error, this.#context.requestId, this.#service.settings.exposeErrors);
  }

  /** The events of the platform's own framework. */
  #emit(type: string, fields: object): void {
    if (this.#connection.listenerCount(type) === 0) return;
    this.#connection.emit(type, { ctx: { ctxId: this.#context.ctxId }, type, ...fields });
  }
}
