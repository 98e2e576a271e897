/* oxlint-disable no-unused-vars -- only the types count here */
// Which handlers compile, and which do not. Nothing here runs: the compiler is the test, and `@ts-expect-error` fails
// where the next line has no error.
import {
  CloseEvent,
  Controller,
  FromPath,
  FromQuery,
  Http,
  type HttpContext,
  HttpError,
  redirect,
  Sse,
  type SseContext,
  type SseEvent,
  type UpgradeContext,
  Use,
  WebSocket,
  type WebSocketContext,
} from 'yunction';
import type { Readable } from 'node:stream';

class Find {
  @FromPath() id!: number;
  @FromQuery('v') verbose?: boolean;

  // @ts-expect-error -- a source stands at a property, never at a method
  @FromPath() method() {}

  parameter(
    // @ts-expect-error -- nor at a parameter
    @FromPath() id: number,
  ) {}
}

@Controller('/right', { tags: ['a'], use: [(context, next) => next()] })
@Use((context) => context.requestId)
export class Right {
  @Http('GET', '/none') none() {}
  @Http('GET', '/event') event(event: Find) {
    return event.id;
  }
  @Http('POST', '/both', { status: 201, maxBodyBytes: 10, timeoutMs: 5, groups: ['a'], summary: 'both' })
  async both(event: Find, context: HttpContext) {
    return context.requestId;
  }
  @Http(['PUT', 'PATCH'], '/several') several(event: unknown, context: HttpContext) {
    return context.state;
  }
  @Http('ALL', '/all') all(event: Buffer) {}
  @Http('POST', '/text') text(event: string) {}
  @Http('POST', '/stream') stream(event: Readable) {}
  @Http('POST', '/error') error() {
    return HttpError.notFound();
  }
  @Http('GET', '/redirect') redirect() {
    return redirect('/');
  }
  @Http('GET', '/sse-by-hand') byHand(event: unknown, context: HttpContext) {
    context.sse().send({ data: 1 });
  }

  @Sse('/generator', { heartbeatMs: 5, retryMs: 5, method: 'POST' })
  async *generator(event: Find, context: SseContext): AsyncGenerator<SseEvent<number>> {
    yield { event: 'step', id: '1', data: 1 };
  }
  @Sse('/synchronous') *synchronous() {
    yield 'text';
  }
  @Sse('/sent') sent(event: unknown, context: SseContext) {
    context.sse().send('a');
  }
  @Sse('/array') async array() {
    return [1, 2];
  }
  @Sse('/refused') refused(): HttpError | undefined {
    return undefined;
  }

  @WebSocket('/ws', { on: 'upgrade', protocols: ['a'], origins: ['*'] })
  async upgrade(event: Find, context: UpgradeContext) {
    return { allowWebSocket: false, statusCode: 401, body: 'no' };
  }
  @WebSocket('/ws2', { on: 'upgrade' }) accept() {
    return true;
  }
  @WebSocket('/ws', { on: 'open' }) open(event: Find, context: WebSocketContext) {}
  @WebSocket('/ws') message(event: Find, context: WebSocketContext) {
    return { answer: true };
  }
  @WebSocket('/ws', { type: 'typing', maxMessageBytes: 5 }) typed(event: { type: string }) {}
  @WebSocket('/ws', { on: 'close' }) close(event: CloseEvent, context: WebSocketContext) {}
  @WebSocket('/ws', { on: 'error' }) failed(event: Error) {}
}

export class Wrong {
  // @ts-expect-error -- a context of another protocol
  @Http('GET', '/') socketContext(event: unknown, context: WebSocketContext) {}
  // @ts-expect-error -- nor is an SSE context given to @Http
  @Http('GET', '/') sseContext(event: unknown, context: SseContext) {}
  // @ts-expect-error -- a third parameter, which nobody would fill
  @Http('GET', '/') third(event: unknown, context: HttpContext, more: string) {}
  // @ts-expect-error -- a method that does not exist
  @Http('FETCH', '/') verb() {}
  // @ts-expect-error -- an option that does not exist
  @Http('GET', '/', { timeout: 5 }) option() {}
  // @ts-expect-error -- an option of another protocol
  @Http('GET', '/', { heartbeatMs: 5 }) otherOption() {}
  // @ts-expect-error -- a limit is a number
  @Http('POST', '/', { maxBodyBytes: '1mb' }) limit() {}
  // @ts-expect-error -- @Http stands at a method
  @Http('GET', '/') property = 1;

  // @ts-expect-error -- a number is no stream of events
  @Sse('/') number() {
    return 5;
  }
  // @ts-expect-error -- a WebSocket's context is none of a stream
  @Sse('/') socket(event: unknown, context: WebSocketContext) {}
  // @ts-expect-error -- streams are GET or POST
  @Sse('/', { method: 'DELETE' }) verbOfStream() {}

  // @ts-expect-error -- text neither accepts nor refuses
  @WebSocket('/', { on: 'upgrade' }) text() {
    return 'yes';
  }
  // @ts-expect-error -- there is no connection yet
  @WebSocket('/', { on: 'upgrade' }) early(event: unknown, context: WebSocketContext) {}
  // @ts-expect-error -- a message's context is the connection's
  @WebSocket('/') late(event: unknown, context: UpgradeContext) {}
  // @ts-expect-error -- no such moment
  @WebSocket('/', { on: 'connect' }) moment() {}
  // @ts-expect-error -- a third parameter
  @WebSocket('/') three(event: unknown, context: WebSocketContext, more: number) {}
}

export class NoClass {
  // @ts-expect-error -- a controller is a class, never a method
  @Controller() method() {}
}
