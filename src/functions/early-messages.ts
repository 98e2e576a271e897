import type { WebSocketContext } from '../context/web-socket-context.js';
import type { WebSocketConnection } from '../context/web-socket-connection.js';

/** Messages of one connection that came before its function listened to them. */
interface Kept {
  readonly messages: { readonly context: WebSocketContext; readonly data: unknown }[];
  readonly onListener: (event: string | symbol) => void;
}

/**
 * Keeps the messages of plain functions' connections that come before the function has called `ws.on('message')`, as
 * one does that first waits for a database, and hands them over in order when it has. A function that ends without
 * listening wants none.
 */
export class EarlyMessages {
  readonly #kept = new WeakMap<WebSocketConnection, Kept>();
  readonly #max: number;

  /** @param max messages of one connection; one that sends more is closed with 1013. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Called before the function is. */
  watch(ws: WebSocketConnection): void {
    const kept: Kept = {
      messages: [],
      onListener: (event) => {
        // Told before the listener is there.
        if (event === 'message') queueMicrotask(() => this.#handOver(ws));
      },
    };
    this.#kept.set(ws, kept);
    ws.on('newListener', kept.onListener);
  }

  /** The function has ended: what it does not listen to by now it will not. */
  stop(ws: WebSocketConnection): void {
    const kept = this.#kept.get(ws);
    if (kept === undefined) return;
    this.#kept.delete(ws);
    ws.off('newListener', kept.onListener);
  }

  /** A message has come. One that a listener has had already is left alone. */
  take(context: WebSocketContext, data: unknown): void {
    const { ws } = context;
    const kept = this.#kept.get(ws);
    if (kept === undefined || ws.listenerCount('message') > 0) return;
    if (kept.messages.push({ context, data }) <= this.#max) return;
    context.log.warn('a WebSocket was closed: its function does not listen to messages');
    ws.close(1013, 'the function does not listen');
    this.stop(ws);
  }

  #handOver(ws: WebSocketConnection): void {
    const kept = this.#kept.get(ws);
    if (kept === undefined) return;
    this.stop(ws);
    for (const { context, data } of kept.messages) {
      try {
        ws.emit('message', { ctx: { ctxId: context.ctxId }, type: 'message', data });
      } catch (error) {
        context.log.error({ err: error }, 'a WebSocket function failed');
      }
    }
  }
}
