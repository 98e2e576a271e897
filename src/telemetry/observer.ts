import type { IncomingHttpHeaders } from 'node:http';

/** What observers read of a context. */
export interface ObservedContext {
  readonly requestId: string;
  readonly method: string;
  /** Without the query, which may hold secrets. */
  readonly path: string;
  readonly ip: string;
  readonly headers: IncomingHttpHeaders;
  /** `url`: the full one. */
  readonly httpContext: { readonly url: string };
}

/** A network connection's counters; node's `Socket` has them. */
export interface ObservedNetwork {
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** An event stream of a request. */
export interface ObservedStream {
  /** Whether its headers have gone out. */
  readonly opened: boolean;
  /** Events sent. */
  readonly messages: number;
  /** How often the client has come back to where it was. */
  readonly resumes: number;
}

/** What a request and the connection that it was upgraded to have in common. */
export interface Observed {
  readonly context: ObservedContext;
  /** The handler's name, `OrderController.find`; a WebSocket path's, `ChatController /chat/:room`. */
  readonly name: string | undefined;
  /** The path as it was declared, `/orders/:id`; `undefined` where no route matched. */
  readonly pattern: string | undefined;
  /** The route wants no access records. */
  readonly quiet: boolean;
  /** When it began, by `performance.now()`. */
  readonly started: number;
  /** What an observer keeps of it: a span. One observer uses it. */
  trace: unknown;
  /** The id of the trace that it belongs to, for the log. */
  traceId: string | undefined;
}

/** One request, from its match to the end of its answer. What is not known yet is `undefined`. */
export interface ObservedRequest extends Observed {
  readonly request: { readonly httpVersion: string; readonly socket: ObservedNetwork };
  readonly response: {
    readonly statusCode: number;
    readonly headersSent: boolean;
  };
  /** Whether the network took the whole answer. */
  readonly delivered: boolean;
  readonly upgrade: boolean;
  readonly errorCode: string | undefined;
  readonly stream: ObservedStream | undefined;
  /** When its handler was called and when its result was there, by `performance.now()`; 0: it was not. */
  readonly calledAt: number;
  readonly doneAt: number;
}

/** One WebSocket connection, from its 101 to its close. */
export interface ObservedSocket extends Observed {
  readonly network: ObservedNetwork | undefined;
  readonly messagesIn: number;
  readonly messagesOut: number;
  /** How often the client has come back to where it was. */
  readonly resumes: number;
}

/**
 * Who is told of what happens to requests and connections: the access log, metrics, spans. The server calls these few
 * methods and knows nothing else of telemetry; where nobody observes, each call costs one look at an `undefined`.
 */
export interface Observer {
  requestBegan?(request: ObservedRequest): void;
  /** Its end, however it came. Not called for a request that became a WebSocket. */
  requestEnded?(request: ObservedRequest): void;
  /** The headers of an event stream are on their way; its end is that of its request. */
  streamOpened?(request: ObservedRequest, stream: ObservedStream): void;
  /** Its `trace` is still that of its upgrade. */
  socketOpened?(socket: ObservedSocket): void;
  socketClosed?(socket: ObservedSocket, closeCode: number): void;
}

/** One observer that tells several, in order; `undefined` for none, so that nothing is called at all. */
export function combineObservers(observers: readonly Observer[]): Observer | undefined {
  if (observers.length < 2) return observers[0];
  return {
    requestBegan(request) {
      for (const observer of observers) observer.requestBegan?.(request);
    },
    requestEnded(request) {
      for (const observer of observers) observer.requestEnded?.(request);
    },
    streamOpened(request, stream) {
      for (const observer of observers) observer.streamOpened?.(request, stream);
    },
    socketOpened(socket) {
      for (const observer of observers) observer.socketOpened?.(socket);
    },
    socketClosed(socket, closeCode) {
      for (const observer of observers) observer.socketClosed?.(socket, closeCode);
    },
  };
}

/** The status nginx made known for a client that left before its answer: none was sent. */
const CLIENT_CLOSED_REQUEST = 499;

/** The status that was sent; 499 where the client did not wait for one. */
export function statusOf({ response }: ObservedRequest): number {
  return response.headersSent ? response.statusCode : CLIENT_CLOSED_REQUEST;
}
