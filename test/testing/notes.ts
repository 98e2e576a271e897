// A small application of the test kit's own tests: HTTP, event streams, WebSockets and an injected repository.
import { IsInt, IsNumber, IsString, Length, Max, Min } from 'class-validator';

import {
  CloseEvent,
  Controller,
  FromQuery,
  Http,
  HttpContext,
  HttpError,
  Sse,
  SseContext,
  type SseEvent,
  WebSocket,
  WebSocketContext,
} from '#src/index.js';

export class NoteRepository {
  readonly kept = new Map<number, string>();

  find(id: number): string | undefined {
    return this.kept.get(id);
  }

  add(text: string): number {
    this.kept.set(this.kept.size + 1, text);
    return this.kept.size;
  }
}

export class WriteNote {
  @IsString() @Length(1, 20) text!: string;
}

export class FindNote {
  @IsInt() @Min(1) id!: number;
}

export class Count {
  @FromQuery() @IsInt() @Min(0) @Max(100_000) upTo!: number;
}

@Controller('/notes')
export class NoteController {
  /** Why signals were aborted, by what aborted. */
  static readonly aborted: string[] = [];

  constructor(private readonly notes: NoteRepository) {}

  @Http('POST', '/', { status: 201 })
  write(event: WriteNote, context: HttpContext) {
    const id = this.notes.add(event.text);
    context.response.setHeader('Location', `/notes/${id}`);
    return { id };
  }

  @Http('GET', '/:id')
  find(event: FindNote) {
    return this.notes.find(event.id) ?? HttpError.notFound(`note ${event.id}`);
  }
}

@Controller()
export class EchoController {
  @Http(['GET', 'POST', 'DELETE'], '/echo/*')
  echo(body: unknown, context: HttpContext) {
    const { headers, httpContext, method } = context;
    return { method, url: httpContext.url, headers, body };
  }

  @Http('GET', '/never')
  never(_event: unknown, context: HttpContext) {
    return new Promise((_, reject) => {
      context.signal.addEventListener('abort', () => {
        NoteController.aborted.push('/never');
        reject(new Error('aborted'));
      });
    });
  }
}

@Controller()
export class CountController {
  @Sse('/count', { retryMs: 700 })
  async *count(event: Count, context: SseContext): AsyncGenerator<SseEvent<number>> {
    const from = Number(context.lastEventId ?? 0);
    for (let number = from + 1; number <= event.upTo; number += 1) yield { event: 'number', id: number, data: number };
  }

  @Sse('/ask', { method: 'POST' })
  *answer(event: WriteNote): Generator<string> {
    yield* event.text.split(' ');
  }

  @Sse('/silence', { heartbeatMs: 20 })
  silence(_event: unknown, context: SseContext) {
    context.sse().send({ data: undefined, comment: 'hush' });
    context.signal.addEventListener('abort', () => NoteController.aborted.push('/silence'));
  }
}

class Room {
  @IsString() @Length(1, 20) room!: string;
}

class Say {
  @IsString() @Length(1, 10) text!: string;
}

class Sum {
  @IsInt() left!: number;
  @IsInt() right!: number;
}

class Close {
  @IsNumber() code!: number;
  @IsString() reason!: string;
}

@Controller('/rooms')
export class RoomController {
  static readonly left: number[] = [];

  @WebSocket('/:room', { on: 'upgrade', protocols: ['notes.v2', 'notes.v1'] })
  authorize(event: Room) {
    if (event.room === 'teapot') return new HttpError(418, 'short and stout', { code: 'TEAPOT' });
    return event.room !== 'closed';
  }

  @WebSocket('/:room', { on: 'open' })
  async joined(event: Room, context: WebSocketContext) {
    await context.ws.join(event.room);
    context.ws.send({ welcome: event.room });
  }

  @WebSocket('/:room', { type: 'say' })
  async say(event: Say, context: WebSocketContext) {
    await context.ws.to(context.params['room'] ?? '').send({ said: event.text });
  }

  @WebSocket('/:room', { type: 'sum' })
  sum(event: Sum) {
    return event.left + event.right;
  }

  @WebSocket('/:room', { type: 'close' })
  close(event: Close, context: WebSocketContext) {
    try {
      context.ws.close(event.code, event.reason);
      return undefined;
    } catch (error) {
      return { refused: error instanceof RangeError };
    }
  }

  @WebSocket('/:room')
  bytes(message: Buffer) {
    return message;
  }

  @WebSocket('/:room', { on: 'close' })
  ended(event: CloseEvent) {
    RoomController.left.push(event.code);
  }
}

export const CONTROLLERS = [NoteController, EchoController, CountController, RoomController];
