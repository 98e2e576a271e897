// One instance of the soak's application, a process of its own: a feed by event stream and by WebSocket, on Redis.
import {
  Channels,
  Controller,
  Http,
  type HttpContext,
  Sse,
  type SseContext,
  start,
  Store,
  WebSocket,
  type WebSocketContext,
} from 'yunction';
import { redis } from 'yunction/redis';

const FEED = 'feed';

@Controller()
class SoakController {
  constructor(
    private readonly channels: Channels,
    private readonly store: Store,
  ) {}

  /** Publishes numbers in their order. Asked again, by whichever way, it publishes what is not there yet. */
  @Http('POST', '/feed')
  async publish({ from, to }: { from: number; to: number }) {
    for (let number = from; number <= to; number += 1) await this.#publishOnce(number);
    return { published: to };
  }

  @Sse('/feed')
  feed(_event: unknown, { lastEventId, signal }: SseContext) {
    return this.channels.subscribe(FEED, { after: lastEventId ?? '0-0', signal, overflow: 'wait', maxQueued: 200 });
  }

  @WebSocket('/socket', { on: 'open', resume: true })
  async open(_event: unknown, { ws }: WebSocketContext) {
    if (!ws.resumed) await ws.join(FEED);
  }

  /** How often this question was handled, this time included. */
  @WebSocket('/socket', { type: 'ask' })
  async ask({ question }: { question: string }) {
    return { handled: await this.store.increment(`asked:${question}`, { ttlMs: 120_000 }) };
  }

  /** Megabytes; of the heap what is in use after a collection. */
  @Http('GET', '/memory')
  memory(_event: unknown, _context: HttpContext) {
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    return { rss: rss / 2 ** 20, heap: heapUsed / 2 ** 20 };
  }

  /** The number is its id too: an id does not come twice, and the publisher sends none before the last one is there. */
  async #publishOnce(number: number): Promise<void> {
    try {
      await this.channels.publish(FEED, { number }, { id: `${number}-1` });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
}

start({ controllers: [SoakController], ...redis({ url: process.env['REDIS_URL'] ?? '' }) });
