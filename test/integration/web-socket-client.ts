import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type ClientOptions, WebSocket } from 'ws';
import { until } from '../until.js';

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A WebSocket client that keeps what it gets until it is asked for. */
export class Client {
  readonly socket: WebSocket;
  readonly closed: Promise<Closed>;
  pings = 0;
  readonly #frames: (Buffer | string)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer, isBinary) => void this.#frames.push(isBinary ? data : data.toString()));
    socket.on('ping', () => (this.pings += 1));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  /** Resolves when the connection is open. */
  static async open(url: string, options: ClientOptions = {}, protocols: string[] = []): Promise<Client> {
    const client = new Client(new WebSocket(url.replace(/^http/, 'ws'), protocols, options));
    await once(client.socket, 'open');
    return client;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  /** The next frame as it is. */
  async frame(): Promise<Buffer | string> {
    await until(() => this.#frames.length > 0);
    return this.#frames.shift() ?? '';
  }

  /** The next frame, parsed. */
  async json(): Promise<Record<string, unknown>> {
    return JSON.parse(String(await this.frame())) as Record<string, unknown>;
  }

  /** The code of the next frame, which is a problem, and the id of the message that it is about. */
  async problem(): Promise<{ code: unknown; status: unknown; id: unknown; errors: unknown }> {
    const { error, id } = (await this.json()) as { error?: Record<string, unknown>; id?: unknown };
    return { code: error?.['code'], status: error?.['status'], id, errors: error?.['errors'] };
  }

  /** Closes in the proper way and waits for the end. */
  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

export interface Refusal {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly code: unknown;
}

/** How an upgrade is refused. */
export async function refusalOf(url: string, options: ClientOptions = {}): Promise<Refusal> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), options);
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  const text = (await response.setEncoding('utf8').toArray()).join('');
  const isProblem = response.headers['content-type']?.startsWith('application/problem+json') === true;
  const code = isProblem ? (JSON.parse(text) as { code: unknown }).code : undefined;
  return { status: response.statusCode, headers: response.headers, text, code };
}

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** The bytes of an upgrade request; a header given as `undefined` is left out. */
export function upgradeBytes(path: string, own: Record<string, string | undefined> = {}, method = 'GET'): string {
  const headers: Record<string, string | undefined> = {
    Host: '127.0.0.1',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': KEY,
    ...own,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** A client of bare bytes. */
export class RawSocket {
  readonly socket: Socket;
  closed = false;
  readonly #chunks: Buffer[] = [];

  constructor(port: number, first: string | Buffer) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.on('data', (chunk: Buffer) => void this.#chunks.push(chunk));
    this.socket.on('error', () => this.socket.destroy());
    this.socket.on('close', () => (this.closed = true));
    this.socket.on('end', () => (this.closed = true));
    this.socket.write(first);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Resolves when the bytes hold a piece: text of bytes, each a character up to U+00FF. */
  async has(piece: string): Promise<void> {
    await until(() => this.bytes.includes(piece, 0, 'latin1'));
  }

  /** Everything, when the server has ended its side. */
  async whole(): Promise<Buffer> {
    await until(() => this.closed);
    this.socket.destroy();
    return this.bytes;
  }
}

/** One frame as a client sends it, masked unless said otherwise (RFC 6455, section 5.2). */
export function frame(opcode: number, payload: Buffer | string, { fin = true, rsv = 0, masked = true } = {}): Buffer {
  const data = Buffer.from(payload);
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode];
  const bit = masked ? 0x80 : 0;
  if (data.length < 126) head.push(bit | data.length);
  else head.push(bit | 126, data.length >> 8, data.length & 0xff);
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([Buffer.from(head), Buffer.alloc(masked ? 4 : 0), data]);
}

/** The close code in what a server has sent after its 101. */
export function closeCodeIn(bytes: Buffer): number | undefined {
  let at = bytes.indexOf('\r\n\r\n') + 4;
  while (at + 1 < bytes.length) {
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const start = short === 126 ? at + 4 : at + 2;
    const length = short === 126 ? bytes.readUInt16BE(at + 2) : short;
    if (((bytes[at] ?? 0) & 0x0f) === 8) return length < 2 ? 1005 : bytes.readUInt16BE(start);
    at = start + length;
  }
  return undefined;
}
