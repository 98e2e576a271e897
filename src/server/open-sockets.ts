import type { Socket } from 'node:net';

/** Below this nobody looks for those that are gone. */
const FEW = 64;

/**
 * The open HTTP connections of a server; those that have become WebSockets are ended by who has them. A listener for the end of each would cost some 400 bytes a connection, which is much
 * for one that is idle; so they are held weakly, and looked through when there are twice as many as there were.
 */
export class OpenSockets implements Iterable<Socket> {
  #sockets: WeakRef<Socket>[] = [];
  #full = FEW;

  add(socket: Socket): void {
    // A WeakSet could not be looked through, and a Set would keep what has been closed.
    if (this.#sockets.push(new WeakRef(socket)) >= this.#full) this.#sweep();
  }

  /** Whether one is open. */
  get any(): boolean {
    return this[Symbol.iterator]().next().done !== true;
  }

  *[Symbol.iterator](): Iterator<Socket> {
    for (const reference of this.#sockets) {
      const socket = reference.deref();
      // An open socket is held by the event loop: no other reference is needed.
      if (socket !== undefined && !socket.destroyed) yield socket;
    }
  }

  #sweep(): void {
    this.#sockets = this.#sockets.filter((reference) => {
      const socket = reference.deref();
      return socket?.destroyed === false && !isUpgraded(socket);
    });
    this.#full = Math.max(FEW, this.#sockets.length * 2);
  }
}

/** Node takes its parser from a connection that is to be upgraded, in a member that its types hide. */
function isUpgraded(socket: Socket): boolean {
  const { parser } = socket as { parser?: object | null };
  return parser === null && !socket.writableEnded;
}
