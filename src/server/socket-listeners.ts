import type { RawData, WebSocket } from 'ws';

/** What is told of a socket's events. */
export interface SocketOwner {
  onFrame(data: Buffer, isBinary: boolean): void;
  onPong(): void;
  onError(error: Error): void;
  onClose(code: number, reason: string): Promise<void>;
}

/** A WebSocket that knows whose it is, so that all sockets share their listeners: none is made for a connection. */
export interface OwnedSocket extends WebSocket {
  owner?: SocketOwner | undefined;
}

export function listenToSocket(socket: OwnedSocket, owner: SocketOwner): void {
  socket.owner = owner;
  socket.on('message', onMessage).on('pong', onPong).on('error', onError).on('close', onClose);
}

function onMessage(this: OwnedSocket, data: RawData, isBinary: boolean): void {
  // With ws's usual `binaryType` a message is one Buffer.
  this.owner?.onFrame(data as Buffer, isBinary);
}

function onPong(this: OwnedSocket): void {
  this.owner?.onPong();
}

function onError(this: OwnedSocket, error: Error): void {
  this.owner?.onError(error);
}

function onClose(this: OwnedSocket, code: number, reason: Buffer): void {
  void this.owner?.onClose(code, reason.toString());
}
