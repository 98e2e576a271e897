import type { WebSocket } from 'ws';

/** What is told of a socket's events. */
export interface SocketOwner {
  onFrame(data: Buffer, isBinary: boolean): void;
  onPong(): void;
  onError(error: Error): void;
  onClose(code: number, reason: string): Promise<void>;
}

/** A WebSocket that tells its owner of its events. */
export interface OwnedWebSocket extends WebSocket {
  /** `undefined`: an ordinary socket, with listeners. */
  owner: SocketOwner | undefined;
}

/**
 * The class of sockets that a `ws` server makes (its option `WebSocket`). Events go to the owner directly: a table of
 * listeners costs each idle connection some 300 bytes, and each message a look at it.
 *
 * @param Base ws's own class, which is loaded by the first connection
 */
export function ownedWebSocketClass(Base: typeof WebSocket): typeof WebSocket {
  return class extends Base implements OwnedWebSocket {
    owner: SocketOwner | undefined = undefined;

    override emit(event: string | symbol, ...args: readonly unknown[]): boolean {
      const { owner } = this;
      if (owner === undefined) return super.emit(event, ...args);
      // The arguments are those that ws documents for each event.
      if (event === 'message') owner.onFrame(args[0] as Buffer, args[1] === true);
      else if (event === 'pong') owner.onPong();
      else if (event === 'error') owner.onError(args[0] as Error);
      else if (event === 'close') void owner.onClose(args[0] as number, String(args[1]));
      else return super.emit(event, ...args);
      return true;
    }
  };
}
