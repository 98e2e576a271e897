import { HttpError } from '../errors/http-error.js';
import { describe, toHttpError, toProblem } from '../errors/problem.js';
import type { CloseEvent } from '../context/web-socket-connection.js';
import type { WebSocketContext } from '../context/web-socket-context.js';
import type { RequestScope } from '../context/injector.js';
import { parseJson } from '../body/json.js';
import type { Call, MessageHandler, WebSocketEndpoint } from './endpoint.js';
import type { Service } from './service.js';
import { envelopeOf, idIn, UnknownMessage } from './message-envelope.js';
import type { SocketConnection } from './socket-connection.js';
import { withinTime } from './within-time.js';

/** One message as it came. */
export interface Frame {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** What a message was found to be: the handler that takes it, and the id that an answer must bear. */
interface Addressed {
  readonly handler: MessageHandler;
  readonly value: unknown;
  readonly id: string | number | undefined;
}

/**
 * Brings the messages of one connection to its handlers, one after the other, `open` before all and `close` after all.
 * When too many wait, the socket is paused: the client's TCP window fills instead of this process's memory.
 */
export class MessageDispatcher {
  readonly #waiting: Frame[] = [];
  readonly #service: Service;
  readonly #endpoint: WebSocketEndpoint;
  readonly #connection: SocketConnection;
  readonly #context: WebSocketContext;
  readonly #scope: RequestScope | undefined;
  #running: Promise<void> | undefined;
  /** The `error` handler at work. */
  #failing: Promise<void> | undefined;
  #paused = false;

  constructor(
    service: Service,
    endpoint: WebSocketEndpoint,
    connection: SocketConnection,
    context: WebSocketContext,
    scope: RequestScope | undefined,
  ) {
    this.#service = service;
    this.#endpoint = endpoint;
    this.#connection = connection;
    this.#context = context;
    this.#scope = scope;
  }

  /** Runs the `open` handler, then what came in the meantime. A failing `open` closes the connection with 1011. */
  open(): Promise<void> {
    return (this.#running = this.#inContext(() => this.#open()));
  }

  push(frame: Frame): void {
    if (this.#connection.dismissed) return;
    this.#waiting.push(frame);
    if (!this.#paused && this.#waiting.length >= this.#service.settings.maxQueuedMessages) this.#pause(true);
    if (this.#running === undefined) void (this.#running = this.#inContext(() => this.#work()));
  }

  /** Resolves when all that has come is handled. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Handles what still waits, then runs the `close` handler. */
  async close(event: CloseEvent): Promise<void> {
    await this.idle();
    await this.#failing;
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
    const { currentContext } = this.#service;
    return currentContext === undefined ? work() : currentContext.run(this.#context, work);
  }

  async #open(): Promise<void> {
    const { open } = this.#endpoint;
    try {
      if (open !== undefined) {
        const event = await open.readEvent(this.#context);
        const pending = open.call(event, this.#context, this.#scope);
        if (pending instanceof Promise) await withinTime(pending, open.timeoutMs);
      }
      this.#emit('open', {});
    } catch (thrown) {
      const error = this.#log(thrown);
      this.#connection.send({ error: this.#problem(error) });
      // Closed, so what waits is not handled: `open` may be what lets a client in.
      this.#connection.close(1011, 'the connection could not be set up');
    }
    await this.#work();
  }

  async #work(): Promise<void> {
    // Whoever calls has set #running only after this returns its promise: the first turn must not be the last.
    await Promise.resolve();
    for (let frame = this.#waiting.shift(); frame !== undefined; frame = this.#waiting.shift()) {
      if (this.#connection.dismissed) this.#waiting.length = 0;
      if (this.#paused && this.#waiting.length * 2 <= this.#service.settings.maxQueuedMessages) this.#pause(false);
      if (!this.#connection.dismissed) await this.#handle(frame);
    }
    this.#running = undefined;
  }

  /** Handles one message; what it throws becomes a problem frame and the connection lives on. */
  async #handle(frame: Frame): Promise<void> {
    let addressed: Addressed | undefined;
    try {
      if (this.#connection.listenerCount('message') > 0) {
        this.#emit('message', { data: frame.isBinary ? frame.data : frame.data.toString() });
      }
      addressed = this.#address(frame);
      if (addressed === undefined) return;
      const { handler, value } = addressed;
      const event = handler.readMessage(value);
      const pending = handler.call(event instanceof Promise ? await event : event, this.#context, this.#scope);
      const result: unknown = pending instanceof Promise ? await withinTime(pending, handler.timeoutMs) : pending;
      if (result instanceof HttpError) throw result;
      if (addressed.id !== undefined) this.#connection.send({ id: addressed.id, result: result ?? null });
      else if (result !== undefined) this.#connection.send(result);
    } catch (thrown) {
      const error = this.#log(thrown, addressed?.handler.name);
      const id = addressed?.id ?? idIn(thrown);
      this.#connection.send(id === undefined ? { error: this.#problem(error) } : { error: this.#problem(error), id });
    }
  }

  /** Finds who takes a frame. `undefined`: nobody does and nobody need, as the path has no message handlers at all. */
  #address({ data, isBinary }: Frame): Addressed | undefined {
    const { typed, json, text, binary } = this.#endpoint;
    const takesJson = json !== undefined || typed.size > 0;
    if (isBinary) {
      if (binary !== undefined) return { handler: binary, value: data, id: undefined };
      if (!takesJson && text === undefined) return undefined;
      throw HttpError.of('UNSUPPORTED_FRAME', 'send text: this path takes no binary frames');
    }
    const asText = text === undefined ? undefined : { handler: text, value: data.toString(), id: undefined };
    if (takesJson) {
      const value = this.#parse(data, asText !== undefined);
      const { type, id } = envelopeOf(value);
      const handler = (type === undefined ? undefined : typed.get(type)) ?? json;
      if (value !== NOT_JSON && handler !== undefined) return { handler, value, id };
      if (asText !== undefined) return asText;
      throw new UnknownMessage(type, [...typed.keys()], id);
    }
    if (asText !== undefined) return asText;
    return binary === undefined ? undefined : { handler: binary, value: data, id: undefined };
  }

  #parse(data: Buffer, mayBeText: boolean): unknown {
    try {
      return parseJson(data.toString(), this.#service.settings.maxJsonDepth);
    } catch (error) {
      if (mayBeText) return NOT_JSON;
      throw error;
    }
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
      await call?.(event, this.#context, this.#scope);
    } catch (thrown) {
      this.#log(thrown);
    }
  }

  #log(thrown: unknown, name = this.#endpoint.name): HttpError {
    const error = toHttpError(thrown);
    if (error.status >= 500) {
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

/** Stands for a frame that is no JSON where text is taken too. */
const NOT_JSON = Symbol('not JSON');
