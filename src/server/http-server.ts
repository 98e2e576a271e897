import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import { ServerRequest } from '../body/server-request.js';
import { answerClientError } from './client-error.js';
import { createContinueListener, createExpectationListener, createRequestListener } from './request-listener.js';
import { OpenSockets } from './open-sockets.js';
import { hasLastAnswer, untilLastAnswer } from './pending-response.js';
import type { ServerSettings, Service } from './service.js';
import { createUpgradeListener } from './upgrade-listener.js';
import { whenQuiet } from './when-quiet.js';

// As modules these would cost every start dearly on Node 22 and later (nodejs/node#59686); as builtins they do not.
const http = process.getBuiltinModule('node:http');
const net = process.getBuiltinModule('node:net');

/** How often node looks for requests that take too long to arrive, unless a limit is shorter. */
const CHECK_INTERVAL_MS = 5000;

/** For how long, at most, connections that still come are accepted when the server goes down. */
const ACCEPT_ROUNDS = 10;
const ACCEPT_ROUND_MS = 20;

/** The server of an application: node:http with every limit set, its listeners, and an end that loses nothing. */
export class HttpServer {
  readonly #server: Server;
  readonly #service: Service;
  readonly #sockets = new OpenSockets();
  #opening: Promise<void> | undefined;
  #accepted = 0;
  #closing: Promise<DrainReport> | undefined;

  constructor(service: Service) {
    const { settings } = service;
    this.#service = service;
    // A platform that manages connections itself wants none of them timed out by the function (FC: custom runtime).
    const times = settings.platform.ownsConnections
      ? { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 }
      : {
          requestTimeout: settings.requestTimeoutMs,
          // node refuses headers that may take longer than the whole.
          headersTimeout:
            settings.requestTimeoutMs === 0
              ? settings.headersTimeoutMs
              : Math.min(settings.headersTimeoutMs, settings.requestTimeoutMs),
          keepAliveTimeout: settings.keepAliveTimeoutMs,
        };
    const options = {
      ...times,
      IncomingMessage: ServerRequest,
      maxHeaderSize: settings.maxHeaderBytes,
      connectionsCheckingInterval: checkIntervalOf(settings),
      // Also where node is told otherwise (--insecure-http-parser): what that lets through is read differently by proxies.
      insecureHTTPParser: false,
      requireHostHeader: false, // node would answer without a problem body: check-request-head.ts does it
      // Clients that would rather speak HTTP/2 (`Upgrade: h2c`) get their answer in HTTP/1.1 (RFC 9110, section 7.8).
      // Since Node 24.9 and 22.21; before, every upgrade goes to the listener below.
      shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
    };
    this.#server = http.createServer(options, untilLastAnswer(createRequestListener(service)));
    // One more than allowed is read, so that more than allowed is seen: node drops the surplus in silence.
    this.#server.maxHeadersCount = settings.maxHeaders + 1;
    // The last answer of such a connection says `Connection: close`, which a platform may forbid.
    if (!settings.platform.ownsConnections) this.#server.maxRequestsPerSocket = settings.maxRequestsPerSocket;
    this.#server.on('checkContinue', untilLastAnswer(createContinueListener(service)));
    this.#server.on('checkExpectation', untilLastAnswer(createExpectationListener(service)));
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) =>
      answerClientError(service, error, socket),
    );
    const upgrade = createUpgradeListener(service);
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (!hasLastAnswer(socket)) upgrade(request, socket, head);
    });
    this.#server.on('connection', (socket) => {
      this.#accepted += 1;
      this.#sockets.add(socket);
      if (service.observer !== undefined) rememberAddress(socket);
    });
  }

  /** Begins to listen. Rejects with node's error where it cannot: `EADDRINUSE`, `EACCES`. */
  async listen(port: number, host: string): Promise<AddressInfo> {
    const opened = this.#open(port, host);
    this.#opening = opened.then(
      () => undefined,
      () => undefined, // whoever called listen() is told
    );
    await opened;
    // `listen` on a port gives an address, never a pipe's name.
    return this.#server.address() as AddressInfo;
  }

  #open(port: number, host: string): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        // A connection that cannot be accepted is no reason to end all others, as an unheard 'error' would.
        this.#server.on('error', (error) => this.#service.log.error({ err: error }, 'a connection was not accepted'));
        resolve();
      });
    });
  }

  /** Stops in the order that loses no request; once, however often it is called. Resolves when all is closed. */
  drain(timeoutMs: number): Promise<DrainReport> {
    return (this.#closing ??= this.#drain(timeoutMs));
  }

  async #drain(timeoutMs: number): Promise<DrainReport> {
    const report = await this.#stop(timeoutMs);
    await this.#released();
    return report;
  }

  async #stop(timeoutMs: number): Promise<DrainReport> {
    const service = this.#service;
    // 1. Readiness off, and `Connection: close` on every response from now on, those in flight included.
    service.draining = true;
    // A host's name may still be looked up: what is opened after that would never be closed.
    await this.#opening;
    if (!this.#server.listening) return { cut: 0 };
    await this.#acceptWaiting();
    // 2. Stop accepting. http's own close() would also close connections that are idle at this moment, and lose the
    //    request that is already on its way on one of them (nodejs/node#60617): net's close() leaves them alone.
    const closed = new Promise<void>((resolve) => {
      net.Server.prototype.close.call(this.#server, () => resolve());
    });
    const deadline = startTimer(timeoutMs);
    // 3. End what would never end by itself.
    const ended = this.#endLive(closed);
    // 4. Connections that stay idle are closed once all has been quiet for a while.
    const quietMs = Math.min(service.settings.idleCloseMs, timeoutMs / 2);
    const stopLooking = whenQuiet(
      quietMs,
      () => service.received,
      () => this.#closeIdle(),
    );
    const outcome = await Promise.race([ended, deadline.passed]);
    stopLooking();
    deadline.clear();
    // Stops node's own check of request times, which net's close() knows nothing of.
    this.#server.close();
    if (outcome === 'closed') return { cut: 0 };
    // 5. Time is up: whoever still works hears so by the signal, and is cut.
    const cut = service.live.size + [...service.inFlight].filter(({ stream }) => stream?.closed !== false).length;
    for (const exchange of service.inFlight) {
      exchange.abandon(new Error('the server is going down'));
      exchange.request.socket.destroy(); // that of an upgrade is not among those below
    }
    service.live.terminate();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    return { cut };
  }

  /**
   * A connection that the kernel has made and nobody has accepted yet is reset when the listening socket closes, with
   * the request that may be on it. One round of the event loop accepts all that wait; while more keep coming, a little
   * time is given for those after them.
   */
  async #acceptWaiting(): Promise<void> {
    await nextTurn();
    for (let round = 0; round < ACCEPT_ROUNDS && this.#sockets.any; round += 1) {
      const accepted = this.#accepted;
      await sleep(ACCEPT_ROUND_MS);
      await nextTurn();
      if (this.#accepted === accepted) return;
    }
  }

  /** Resolves when all connections are closed and the handlers of what was open on them have ended. */
  async #endLive(closed: Promise<void>): Promise<'closed'> {
    const { live } = this.#service;
    await Promise.all([closed, live.endPolitely('shutdown')]);
    while (live.size > 0) await live.endPolitely('shutdown');
    return 'closed';
  }

  /** Waits for what ended requests held: files of uploads, instances of their scopes. */
  async #released(): Promise<void> {
    // A socket that was cut a moment ago tells its request only now.
    await nextTurn();
    await Promise.all(this.#service.releasing);
  }

  #closeIdle(): void {
    // A request that was in flight may have become a stream or a WebSocket since.
    void this.#service.live.endPolitely('shutdown');
    this.#server.closeIdleConnections();
    // Node counts a connection that never sent a byte as busy; browsers open such ones in advance.
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
  }
}

/** Who left in the middle of a request can be told only if he was asked for before: a closed socket knows no address. */
function rememberAddress(socket: Socket): unknown {
  return socket.remoteAddress; // node keeps it from here on
}

function checkIntervalOf({ headersTimeoutMs, requestTimeoutMs }: ServerSettings): number {
  return Math.max(
    100,
    Math.min(CHECK_INTERVAL_MS, headersTimeoutMs || CHECK_INTERVAL_MS, requestTimeoutMs || CHECK_INTERVAL_MS),
  );
}

/** What the end of a server came to. */
export interface DrainReport {
  /** Requests, streams and sockets that had to be cut off. */
  readonly cut: number;
}

function startTimer(ms: number): { passed: Promise<'late'>; clear(): void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  return { passed, clear: () => clearTimeout(timer) };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
