// Yunction as its README shows it. Port, log and access log come from the environment.
import { Channels, Controller, Http, Sse, SseContext, start, WebSocket, WebSocketContext } from 'yunction';
import { CountTo, FindLines, PlaceOrder, Say, Upload } from './order.events.js';

@Controller('/hello')
export class HelloController {
  @Http('GET', '/')
  hello() {
    return { hello: 'world' };
  }
}

@Controller('/orders')
export class OrderController {
  @Http('GET', '/:id/lines')
  lines({ id, page, limit, detailed }: FindLines) {
    return { id, page, limit, detailed };
  }

  @Http('POST', '/', { status: 201 })
  place({ customer, lines }: PlaceOrder) {
    let total = 0;
    for (const { quantity, price } of lines) total += quantity * price;
    return { customer: customer.name, lines: lines.length, total };
  }
}

@Controller('/uploads')
export class UploadController {
  @Http('POST', '/', { status: 201 })
  add({ file, note }: Upload) {
    return { size: file.size, filename: file.originalFilename, note };
  }
}

@Controller('/sse')
export class StreamController {
  constructor(private readonly channels: Channels) {}

  @Sse('/count')
  async *count({ count }: CountTo) {
    for (let index = 0; index < count; index++) yield { id: index, data: { index, text: 'token' } };
  }

  @Sse('/room')
  room(_event: unknown, context: SseContext) {
    return this.channels.subscribe('room', { after: context.lastEventId });
  }

  @Http('POST', '/room', { status: 202 })
  async publish({ text }: Say) {
    await this.channels.publish('room', { text });
  }
}

@Controller('/ws')
export class SocketController {
  @WebSocket('/echo')
  echo({ text }: Say) {
    return { text };
  }

  @WebSocket('/room', { on: 'open' })
  async joined(_event: unknown, { ws }: WebSocketContext) {
    await ws.join('sockets');
  }

  @WebSocket('/room')
  async said({ text }: Say, { ws }: WebSocketContext) {
    await ws.to('sockets').send({ text });
  }
}

start({ controllers: [HelloController, OrderController, UploadController, StreamController, SocketController] });
