import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A whole answer. */
export class TestResponse {
  constructor(
    readonly status: number,
    /** Names in lower case. */
    readonly headers: IncomingHttpHeaders,
    /** The body as it came: nothing is inflated. */
    readonly bytes: Buffer,
  ) {}

  /** Reads an answer to its end. Rejects when the connection breaks before that. */
  static async read(message: IncomingMessage): Promise<TestResponse> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer); // no encoding is set: chunks are buffers
    // A response always has a status; only node's shared type of requests and responses leaves it open.
    return new TestResponse(message.statusCode ?? 0, message.headers, Buffer.concat(chunks));
  }

  /** The body as UTF-8. */
  get text(): string {
    return this.bytes.toString('utf8');
  }

  /** The body, parsed. The type is the test's own word. @throws Error where it is no JSON. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- shorter in a test than a cast
  json<T = unknown>(): T {
    try {
      return JSON.parse(this.text) as T;
    } catch (cause) {
      throw new Error(`the body of this ${this.status} is no JSON: ${this.text.slice(0, 200)}`, { cause });
    }
  }
}
