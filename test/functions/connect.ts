import { once } from 'node:events';
import { type ClientOptions, type RawData, WebSocket } from 'ws';

/** What a closed connection was closed with. */
export interface Closed {
  code: number;
  reason: string;
}

/** A connection of the library's own client, its messages kept until somebody asks for them. */
export class TestSocket {
  readonly closed: Promise<Closed>;
  readonly #messages: string[] = [];
  #arrived: (() => void) | undefined;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data: RawData) => {
      this.#messages.push((data as Buffer).toString()); // ws gives a Buffer unless told otherwise
      this.#arrived?.();
    });
    this.closed = once(socket, 'close').then((values) => {
      const [code, reason] = values as [number, Buffer];
      return { code, reason: reason.toString() };
    });
  }

  /** The next message as text. */
  async message(): Promise<string> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => (this.#arrived = resolve));
    }
  }

  send(data: string | Buffer): void {
    this.socket.send(data);
  }

  close(code?: number): void {
    this.socket.close(code);
  }
}

/** Opens a WebSocket. Rejects with the status and body of a refusal. */
export function connect(url: string, options: ClientOptions = {}, protocols: string[] = []): Promise<TestSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, options);
  const opened = new TestSocket(socket);
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(opened)).on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => reject(new Error(`${response.statusCode} ${response.headers['content-type']} ${body}`)));
    });
  });
}
