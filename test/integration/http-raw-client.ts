import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A response as it came over the wire. */
export interface RawResponse {
  readonly status: number;
  readonly reason: string;
  /** Names in lower case; lines of one name in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
  /** Whether the body had the length that was announced. */
  readonly whole: boolean;
}

/** A connection that writes whatever bytes it is told to, and reads responses by its own parser. */
export class RawClient {
  readonly socket: Socket;
  ended = false;
  #bytes = Buffer.alloc(0);
  #wake = (): void => {};
  readonly #closed: Promise<void>;

  private constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#wake();
    });
    this.socket.on('error', () => this.socket.destroy());
    const end = () => {
      this.ended = true;
      this.#wake();
    };
    this.socket.once('end', end);
    this.#closed = new Promise((resolve) => this.socket.once('close', resolve)).then(end);
  }

  static async open(port: number): Promise<RawClient> {
    const client = new RawClient(port);
    await once(client.socket, 'connect');
    return client;
  }

  write(...pieces: readonly (string | Buffer)[]): this {
    for (const piece of pieces) this.socket.write(piece);
    return this;
  }

  /** The next response; `method` is that of its request, since HEAD is answered without a body. */
  async response(method = 'GET'): Promise<RawResponse> {
    const end = await this.#until(() => indexAfter(this.#bytes, '\r\n\r\n'));
    if (end === -1) throw new Error(`the connection ended after ${JSON.stringify(this.#bytes.toString('latin1'))}`);
    const [first = '', ...lines] = this.#take(end).toString('latin1').trimEnd().split('\r\n');
    const [, status = '', reason = ''] = /^HTTP\/1\.1 (\d{3}) ?(.*)$/.exec(first) ?? [];
    const headers = new Map<string, string[]>();
    for (const line of lines) {
      const colon = line.indexOf(':');
      const name = line.slice(0, colon).toLowerCase();
      headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
    }
    const start = { status: Number(status), reason, headers };
    if (start.status < 200 || start.status === 204 || start.status === 304 || method === 'HEAD') {
      return { ...start, body: '', whole: true };
    }
    if (headers.has('transfer-encoding')) return { ...start, ...(await this.#chunked()) };
    const announced = headers.get('content-length')?.[0];
    const length = announced === undefined ? Number.POSITIVE_INFINITY : Number(announced);
    const enough = await this.#until(() => (this.#bytes.length >= length ? length : -1));
    const body = this.#take(enough === -1 ? this.#bytes.length : length).toString();
    return { ...start, body, whole: announced === undefined || enough !== -1 };
  }

  /** Resolves when the server has closed its side. */
  async end(): Promise<void> {
    await this.#until(() => -1);
  }

  /** Resolves when the connection is gone altogether. */
  closed(): Promise<void> {
    return this.#closed;
  }

  async destroy(): Promise<void> {
    this.socket.destroy();
    await this.#closed;
  }

  /** Leaves without a word: a TCP reset. */
  async reset(): Promise<void> {
    this.socket.resetAndDestroy();
    await this.#closed;
  }

  async #chunked(): Promise<{ body: string; whole: boolean }> {
    const chunks: Buffer[] = [];
    for (;;) {
      const lineEnd = await this.#until(() => indexAfter(this.#bytes, '\r\n'));
      if (lineEnd === -1) return { body: Buffer.concat(chunks).toString(), whole: false };
      const size = Number.parseInt(this.#take(lineEnd).toString('latin1'), 16);
      if ((await this.#until(() => (this.#bytes.length >= size + 2 ? 1 : -1))) === -1) {
        return { body: Buffer.concat([...chunks, this.#bytes]).toString(), whole: false };
      }
      const chunk = this.#take(size + 2).subarray(0, size);
      if (size === 0) return { body: Buffer.concat(chunks).toString(), whole: true };
      chunks.push(chunk);
    }
  }

  async #until(position: () => number): Promise<number> {
    for (;;) {
      const found = position();
      if (found !== -1 || this.ended) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #take(count: number): Buffer {
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }
}

/** Sends bytes on a connection of their own and gives the first response, after which the connection is dropped. */
export async function exchange(port: number, ...pieces: readonly (string | Buffer)[]): Promise<RawResponse> {
  const client = await RawClient.open(port);
  try {
    const method = /^[A-Z]+/.exec(String(pieces[0]))?.[0];
    return await client.write(...pieces).response(method);
  } finally {
    await client.destroy();
  }
}

/** The head of a request; `Host` is there unless the headers name one. */
export function head(line: string, headers: Record<string, string | readonly string[]> = {}): string {
  const lines = Object.keys(headers).some((name) => name.toLowerCase() === 'host') ? [] : ['Host: test'];
  for (const [name, value] of Object.entries(headers)) {
    for (const one of typeof value === 'string' ? [value] : value) lines.push(`${name}: ${one}`);
  }
  return `${[`${line} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`;
}

/** A whole POST with its length announced. */
export function post(path: string, body: string | Buffer, headers: Record<string, string> = {}): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([
    Buffer.from(head(`POST ${path}`, { 'Content-Length': String(bytes.length), ...headers })),
    bytes,
  ]);
}

function indexAfter(bytes: Buffer, mark: string): number {
  const index = bytes.indexOf(mark);
  return index === -1 ? -1 : index + mark.length;
}
