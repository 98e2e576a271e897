import type { ClientRequest, IncomingMessage } from 'node:http';

import { Application, type ApplicationOptions } from '../application.js';
import type { Provision } from '../context/injector.js';
import { createLogger } from '../telemetry/log.js';
import { sendRequest, type TestRequestInit } from './send-request.js';
import { TestEventStream } from './test-event-stream.js';
import { TestResponse } from './test-response.js';
import { TestWebSocket, type TestWebSocketInit } from './test-web-socket.js';

export interface TestApplicationOptions extends ApplicationOptions {
  /** What is injected instead: it wins over `providers`. */
  override?: readonly Provision[];
}

/**
 * Makes an application and lets it listen on a free port of 127.0.0.1: the real pipeline, for any test runner. Nothing
 * is read from the environment, and nothing is logged unless `log`, `logLevel` or `accessLog` is given.
 *
 * @throws StartupError (rejected) as `createApplication` and `listen` do.
 * @example
 * const application = await testApplication({ controllers: [OrderController], override: [[OrderRepository, fake]] });
 * const response = await application.request('POST', '/orders', { json: { email: 'a@b.example', lines: [] } });
 * assert.equal(response.status, 201);
 * await application.close();
 */
export async function testApplication(options: TestApplicationOptions): Promise<TestApplication> {
  const { override = [], providers = [], ...given } = options;
  const silent = given.logLevel === undefined ? { log: createLogger({ level: 'silent', format: 'json' }) } : {};
  const application = new Application(
    { port: 0, host: '127.0.0.1', accessLog: false, ...silent, ...given, providers: [...providers, ...override] },
    {},
  );
  try {
    const { port } = await application.listen();
    return new TestApplication(application, port);
  } catch (error) {
    await application.close();
    throw error;
  }
}

/** An application that listens, and a client for it. Made by {@link testApplication}. */
export class TestApplication {
  readonly application: Application;
  readonly port: number;
  /** Without a slash at its end: `http://127.0.0.1:49152`. */
  readonly url: string;
  readonly #requests = new Set<ClientRequest>();
  readonly #answers = new Set<Promise<unknown>>();
  readonly #streams = new Set<TestEventStream>();
  readonly #sockets = new Set<TestWebSocket>();
  #closing: Promise<void> | undefined;

  /** Use {@link testApplication}. */
  constructor(application: Application, port: number) {
    this.application = application;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Sends a request and resolves to the whole answer. The path goes out as it is given. */
  request(method: string, path: string, init: TestRequestInit = {}): Promise<TestResponse> {
    return this.#watch(this.#send(method, path, init).then((message) => TestResponse.read(message)));
  }

  /**
   * Opens an event stream. Rejects with `HttpRefused` where the answer is none.
   * The method is GET, or POST where there is a body.
   */
  sse(path: string, init: TestRequestInit & { method?: string } = {}): Promise<TestEventStream> {
    const hasBody = init.json !== undefined || init.form !== undefined || init.body !== undefined;
    const { method = hasBody ? 'POST' : 'GET', headers, ...rest } = init;
    const request = { ...rest, headers: { Accept: 'text/event-stream', ...headers } };
    return this.#watch(this.#openStream(method, path, request));
  }

  /** Opens a WebSocket. Rejects with `HttpRefused` where the upgrade is refused. */
  webSocket(path: string, init: TestWebSocketInit = {}): Promise<TestWebSocket> {
    const opening = TestWebSocket.open(this.port, path, init, (socket) => {
      this.#sockets.add(socket);
      void socket.closed.then(() => this.#sockets.delete(socket));
    });
    return this.#watch(opening);
  }

  /**
   * Cuts the requests that are not answered, closes streams and sockets, then the application. Once, however often it
   * is called. To see how the application itself ends what is open, call `application.close()`.
   */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    // Nobody may be waiting for these any more: their end must not count as an unhandled rejection.
    for (const answer of this.#answers) answer.catch(ignoreCut);
    for (const stream of this.#streams) stream.close();
    for (const request of this.#requests) request.destroy(new Error('the test application was closed'));
    await Promise.all([...this.#sockets].map((socket) => socket[Symbol.asyncDispose]()));
    await this.application.close();
  }

  async #openStream(method: string, path: string, init: TestRequestInit): Promise<TestEventStream> {
    const message = await this.#send(method, path, init);
    const stream = await TestEventStream.open(`${method} ${path}`, message);
    this.#streams.add(stream);
    message.once('close', () => this.#streams.delete(stream));
    return stream;
  }

  #send(method: string, path: string, init: TestRequestInit): Promise<IncomingMessage> {
    return sendRequest(this.port, method, path, init, (request) => {
      this.#requests.add(request);
      request.once('close', () => this.#requests.delete(request));
    });
  }

  /** Knows of an answer until it is there. */
  #watch<Answer>(answer: Promise<Answer>): Promise<Answer> {
    this.#answers.add(answer);
    const forget = () => this.#answers.delete(answer);
    answer.then(forget, forget);
    return answer;
  }
}

function ignoreCut(): void {
  // whoever waits for it hears of it
}
