// NestJS on Fastify with its ValidationPipe and its ws adapter.
import 'reflect-metadata';
import { type MultipartFile, default as multipart } from '@fastify/multipart';
import {
  Body,
  Controller,
  Get,
  HttpCode,
  type MessageEvent,
  Module,
  Param,
  ParseIntPipe,
  Post,
  Query,
  Req,
  Sse,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import { from, Subject } from 'rxjs';
import type { Server } from 'ws';
import { CountTo, LinesQuery, PlaceOrder, Say } from '../orders.dto.js';

@Controller('hello')
class HelloController {
  @Get()
  hello() {
    return { hello: 'world' };
  }
}

@Controller('orders')
class OrderController {
  @Get(':id/lines')
  lines(@Param('id', ParseIntPipe) id: number, @Query() { page, limit, detailed }: LinesQuery) {
    return { id, page, limit, detailed };
  }

  @Post()
  place(@Body() { customer, lines }: PlaceOrder) {
    let total = 0;
    for (const { quantity, price } of lines) total += quantity * price;
    return { customer: customer.name, lines: lines.length, total };
  }
}

@Controller('uploads')
class UploadController {
  @Post()
  async add(@Req() request: { file(): Promise<MultipartFile> }) {
    const file = await request.file();
    const bytes = await file.toBuffer();
    const note = file.fields['note'] as { value: string } | undefined; // a field, not a file: the form says so
    return { size: bytes.length, filename: file.filename, note: note?.value };
  }
}

@Controller('sse')
class StreamController {
  private readonly room$ = new Subject<MessageEvent>();

  @Sse('count')
  count(@Query() { count }: CountTo) {
    return from(events(count));
  }

  @Sse('room')
  room() {
    return this.room$;
  }

  @Post('room')
  @HttpCode(202)
  publish(@Body() { text }: Say) {
    this.room$.next({ data: { text } });
  }
}

async function* events(count: number): AsyncGenerator<MessageEvent> {
  for (let index = 0; index < count; index++) yield { id: String(index), data: { index, text: 'token' } };
}

@UsePipes(new ValidationPipe({ transform: true, whitelist: true }))
@WebSocketGateway({ path: '/ws/echo' })
class EchoGateway {
  @SubscribeMessage('say')
  say(@MessageBody() { text }: Say) {
    return { event: 'said', data: { text } };
  }
}

@UsePipes(new ValidationPipe({ transform: true, whitelist: true }))
@WebSocketGateway({ path: '/ws/room' })
class RoomGateway {
  @WebSocketServer() private readonly server!: Server;

  @SubscribeMessage('say')
  say(@MessageBody() { text }: Say) {
    const message = JSON.stringify({ event: 'said', data: { text } });
    for (const client of this.server.clients) client.send(message);
  }
}

@Module({
  controllers: [HelloController, OrderController, UploadController, StreamController],
  providers: [EchoGateway, RoomGateway],
})
class AppModule {}

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: false });
await app.register(multipart);
app.useWebSocketAdapter(new WsAdapter(app));
app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true }));
await app.listen(Number(process.env['PORT']), '0.0.0.0');
