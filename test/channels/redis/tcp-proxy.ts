import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Lies between a client and Redis, and can swallow what Redis answers. */
export class TcpProxy {
  /** Cuts a client's connection at the first answer to a command that holds this text, in place of the answer. */
  cutAnswerTo: string | undefined;
  /** The port that new connections lead to. */
  target: number;
  /** Counts up where the connections there are go silent: both sides keep them, and no answer comes through. */
  stalls = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(target: number) {
    this.target = target;
    this.#server = createServer((client) => {
      const redis = connect(this.target, '127.0.0.1');
      let armed = false;
      for (const socket of [client, redis]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => this.#sockets.delete(socket));
      }
      client.on('data', (data) => {
        if (this.cutAnswerTo !== undefined && data.includes(this.cutAnswerTo)) {
          armed = true;
          this.cutAnswerTo = undefined;
        }
        redis.write(data);
      });
      const { stalls } = this;
      redis.on('data', (data) => {
        if (this.stalls > stalls) return;
        if (armed) client.destroy();
        else client.write(data);
      });
      client.on('close', () => redis.destroy());
      redis.on('close', () => client.destroy());
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `redis://127.0.0.1:${address.port}`;
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.#server.close();
    this.cut();
  }
}
