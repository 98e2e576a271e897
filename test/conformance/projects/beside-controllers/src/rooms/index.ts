import { IsInt, IsString, Min } from 'class-validator';
import {
  Controller,
  FromQuery,
  Http,
  type HttpContext,
  Sse,
  type SseEvent,
  WebSocket,
  type WebSocketContext,
} from 'yunction';

export class RoomOf {
  @IsInt() @Min(1) room!: number;
}

export class JoinRoom extends RoomOf {
  @FromQuery() @IsString() ticket!: string;
}

export class Say {
  @IsString() text!: string;
}

@Controller('/')
export class RoomController {
  @Http('GET', '/:room')
  show(event: RoomOf, context: HttpContext) {
    return { room: event.room, path: new URL(context.httpContext.url).pathname };
  }

  @Sse('/:room/events')
  async *events(event: RoomOf): AsyncGenerator<SseEvent> {
    yield { event: 'room', data: { room: event.room } };
  }

  @WebSocket('/:room/chat', { on: 'upgrade' })
  join(event: JoinRoom) {
    return event.ticket === 'valid';
  }

  @WebSocket('/:room/chat')
  say(message: Say, context: WebSocketContext) {
    context.ws.send(`room ${context.params['room']}: ${message.text}`);
  }
}
