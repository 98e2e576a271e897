import type { ClientRequest, IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';

import type { Problem } from '../errors/problem.js';
import { type TestQuery, withQuery } from './fake-request.js';
import { HttpRefused } from './http-refused.js';
import { Inbox, PATIENCE_MS } from './inbox.js';
import { PendingAnswers } from './pending-answers.js';
import { TestResponse } from './test-response.js';

/** How long the server has to answer a close frame at the end of a test. */
const CLOSE_PATIENCE_MS = 1000;

export interface TestWebSocketInit {
  headers?: Readonly<Record<string, string>>;
  /** Added to the path's query. */
  query?: TestQuery;
  /** Subprotocols that are offered, the most wanted first. */
  protocols?: readonly string[];
}

/** How a connection ended; 1006 where there was no close frame. */
export interface WebSocketEnd {
  readonly code: number;
  readonly reason: string;
}

/** A WebSocket as a client has it. Made by `application.webSocket()`. */
export class TestWebSocket {
  /** The `ws` socket beneath: for pings, pauses, broken frames. */
  readonly ws: WebSocket;
  /** Resolves when the connection has ended, however it did. */
  readonly closed: Promise<WebSocketEnd>;
  readonly #name: string;
  readonly #inbox = new Inbox<unknown>();
  readonly #answers = new PendingAnswers();

  private constructor(name: string, ws: WebSocket) {
    this.#name = name;
    this.ws = ws;
    ws.on('message', (data: Buffer, isBinary) => this.#receive(data, isBinary));
    ws.on('error', ignoreFailure);
    this.closed = new Promise((resolve) => {
      ws.once('close', (code, reason) => {
        const end = { code, reason: reason.toString() };
        const error = new Error(`${name} was closed with ${code}${end.reason === '' ? '' : `: ${end.reason}`}`);
        this.#inbox.end(error);
        this.#answers.end(error);
        resolve(end);
      });
    });
  }

  /**
   * Opens a connection. Rejects with `HttpRefused` where the upgrade is refused.
   * @param onSocket is given the connection before it is open, so that it can be ended from outside.
   */
  static async open(
    port: number,
    path: string,
    init: TestWebSocketInit,
    onSocket: (socket: TestWebSocket) => void,
  ): Promise<TestWebSocket> {
    const { WebSocket: Client } = await import('ws');
    const { headers = {}, protocols = [] } = init;
    const ws = new Client(`ws://127.0.0.1:${port}/`, [...protocols], {
      headers: { ...headers },
      // ws would parse the path as a URL and normalise it.
      finishRequest: (request) => {
        request.path = withQuery(path, init.query);
        request.end();
      },
    });
    const socket = new TestWebSocket(`WS ${path}`, ws);
    onSocket(socket);
    return new Promise((resolve, reject) => {
      ws.once('open', () => resolve(socket));
      ws.once('error', reject);
      ws.once('unexpected-response', (request: ClientRequest, response: IncomingMessage) => {
        TestResponse.read(response)
          .then((answer) => reject(HttpRefused.from(`WS ${path}`, answer)), reject)
          .finally(() => {
            request.destroy();
            ws.terminate();
          });
      });
    });
  }

  /** The subprotocol agreed on; empty where there is none. */
  get protocol(): string {
    return this.ws.protocol;
  }

  /** Text goes as it is, bytes as a binary frame, anything else as JSON. */
  send(message: unknown): void {
    if (typeof message === 'string') this.ws.send(message);
    else if (message instanceof Uint8Array) this.ws.send(message, { binary: true });
    else this.ws.send(JSON.stringify(message));
  }

  /**
   * The next message that is no answer to a `request`: parsed where it is JSON, else text; a binary frame as `Buffer`.
   * The type is the test's own word. Rejects when the connection is closed first.
   * @param timeoutMs after which it rejects. Default 5 s.
   */
  async next<T = unknown>(timeoutMs: number = PATIENCE_MS): Promise<T> {
    return (await this.#inbox.take(timeoutMs, `the next message of ${this.#name}`)) as T;
  }

  /**
   * Sends a message with an `id`, its own or a new one, and waits for its answer: the `result`. Rejects with
   * `HttpRefused` where the answer is a problem.
   * @param timeoutMs after which it rejects. Default 5 s.
   */
  async request<T = unknown>(message: object, timeoutMs: number = PATIENCE_MS): Promise<T> {
    const id = this.#answers.idOf(message);
    const text = JSON.stringify({ ...message, id });
    const answer = this.#answers.expect(id, timeoutMs, this.#name);
    this.ws.send(text);
    const { result, error } = await answer;
    if (error === undefined) return result as T;
    const problem = error as Problem;
    throw new HttpRefused(`a request on ${this.#name}`, problem.status, problem);
  }

  /** Starts the closing handshake; `closed` tells when it is over. Default 1000. */
  close(code = 1000, reason = ''): void {
    this.ws.close(code, reason);
  }

  /** Closes and waits; a server that does not answer within a second is cut off. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.ws.readyState === this.ws.CONNECTING) this.ws.terminate();
    if (this.ws.readyState === this.ws.OPEN) this.close();
    if (this.ws.isPaused) this.ws.resume(); // the server's answer has to be read
    const timer = setTimeout(() => this.ws.terminate(), CLOSE_PATIENCE_MS);
    await this.closed;
    clearTimeout(timer);
  }

  #receive(data: Buffer, isBinary: boolean): void {
    const message = isBinary ? data : parsed(data.toString());
    if (!this.#answers.settle(message)) this.#inbox.push(message);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // not every message is JSON
  }
}

function ignoreFailure(): void {
  // the 'close' that follows is what counts
}
