// What the fuzzer aims at: one process with every kind of route.
import { Readable } from 'node:stream';
import { Type } from 'class-transformer';
import { Allow, IsEmail, IsInt, IsObject, IsOptional, IsString, Max, ValidateNested } from 'class-validator';
import {
  Controller,
  FromQuery,
  Http,
  type HttpContext,
  MemoryChannels,
  Sse,
  type SseContext,
  start,
  WebSocket,
  type WebSocketContext,
} from 'yunction';
import { tellWhatIsHeld } from './tell-what-is-held.js';

class Line {
  @IsString() sku!: string;
  @IsInt() @Max(999) quantity!: number;
}
class Order {
  @IsEmail() email!: string;
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
  @IsOptional() @Allow() note?: unknown;
}
class Tree {
  @IsOptional() @IsObject() @ValidateNested() @Type(() => Tree) left?: Tree;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Tree) children?: Tree[];
  @IsOptional() @IsInt() n?: number;
}
class Find {
  @IsInt() id!: number;
  @FromQuery() @IsOptional() verbose?: boolean;
  @FromQuery() @IsOptional() @IsString({ each: true }) tag?: string[];
}
class Say {
  @IsString() text!: string;
}

@Controller()
class Targets {
  @Http('GET', '/good') good() {
    return 'good';
  }
  @Http('ALL', '/any') any(event: unknown, context: HttpContext) {
    return { event, query: context.query, cookies: context.cookies, url: context.httpContext.url };
  }
  @Http('POST', '/orders') order(event: Order) {
    return event;
  }
  @Http('POST', '/tree') tree(event: Tree) {
    return event;
  }
  @Http('GET', '/orders/:id') find(event: Find) {
    return { id: event.id };
  }
  @Http('POST', '/text') text(body: string) {
    return { length: body.length };
  }
  @Http('POST', '/bytes') bytes(body: Buffer) {
    return { length: body.length };
  }
  @Http('POST', '/stream') async stream(body: Readable) {
    let length = 0;
    for await (const chunk of body) length += (chunk as Buffer).length;
    return { length };
  }
  @Http('POST', '/upload') upload(event: unknown) {
    return Object.keys(event ?? {});
  }
  @Http('GET', '/download') download() {
    return Readable.from(['a'.repeat(1000), 'b'.repeat(100_000)]);
  }
  @Sse('/events') async *events(_event: unknown, context: SseContext) {
    for (let id = 1; id <= 3; id += 1) yield { id, data: context.lastEventId ?? null };
  }
  @WebSocket('/echo') echoText(message: string) {
    return message;
  }
  @WebSocket('/echo') echoBytes(message: Buffer) {
    return message;
  }
  @WebSocket('/deflate', { compress: true }) deflate(message: string) {
    return message;
  }
  @WebSocket('/json') async json(message: Say, context: WebSocketContext) {
    await context.ws.join('room');
    await context.ws.to('room').send(message);
  }
}

tellWhatIsHeld();
// By default the messages of ten minutes are kept: a run would be over before the first is dropped.
start({ controllers: [Targets], channels: new MemoryChannels({ maxMessages: 10 }) });
