import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request as send } from 'node:http';
import { until } from '../until.js';

export interface SseRequest {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A client of event streams that shows their text as it came, and reads only while it is told to. */
export class SseClient {
  text = '';
  ended = false;
  private constructor(
    readonly response: IncomingMessage,
    readonly request: ClientRequest,
  ) {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => (this.text += chunk));
    response.on('error', () => response.destroy());
    response.on('close', () => (this.ended = true));
  }

  /** Resolves when the headers have come. */
  static async open(url: string, { method = 'GET', headers = {}, body }: SseRequest = {}): Promise<SseClient> {
    const sent = send(url, { method, headers, agent: false });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    sent.on('error', () => sent.destroy());
    return new SseClient(response, sent);
  }

  get status(): number | undefined {
    return this.response.statusCode;
  }

  /** Resolves when the text holds a piece. */
  async has(piece: string): Promise<void> {
    await until(() => this.text.includes(piece));
  }

  /** The whole text, when the stream has ended. */
  async whole(): Promise<string> {
    await until(() => this.ended);
    return this.text;
  }

  leave(): void {
    this.request.destroy();
  }
}
