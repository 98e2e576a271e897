// One instance of the soak's application, a process of its own: a feed by event stream and by WebSocket, on Redis.
import {
  Channels,
  Controller,
  Http,
  Sse,
  type SseContext,
  start,
  Store,
  WebSocket,
  type WebSocketContext,
} from 'yunction';
import { redis } from 'yunction/redis';
import { memoryNow, writeSnapshot } from './memory-now.js';

const FEED = 'feed';

/** What became of a number: it is there; it is not, and cannot come any more; nobody knows yet. */
export type Outcome = 'there' | 'never' | 'open';

@Controller()
class SoakController {
  constructor(
    private readonly channels: Channels,
    private readonly store: Store,
  ) {}

  /** Publishes numbers in their order, each sent before the one before it is answered. */
  @Http('POST', '/feed')
  async publish({ numbers }: { numbers: number[] }) {
    return { outcomes: await Promise.all(numbers.map((number) => this.#publish(number))) };
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

  @Http('GET', '/memory')
  memory() {
    return memoryNow();
  }

  @Http('GET', '/snapshot')
  snapshot() {
    return { file: writeSnapshot() };
  }

  /** The number is its id too, so asked for again, by whichever way, it does not come twice. */
  async #publish(number: number): Promise<Outcome> {
    try {
      await this.channels.publish(FEED, { number }, { id: idOf(number) });
      return 'there';
    } catch (error) {
      // It is there already, or one that came after it: then it cannot come any more.
      if (error instanceof RangeError) return (await this.#isThere(number)) ? 'there' : 'never';
      return 'open';
    }
  }

  async #isThere(number: number): Promise<boolean> {
    for await (const { id } of this.channels.subscribe(FEED, { after: idOf(number - 1) })) return id === idOf(number);
    return false;
  }
}

function idOf(number: number): string {
  return `${number}-1`;
}

start({ controllers: [SoakController], ...redis({ url: process.env['REDIS_URL'] ?? '' }) });
