import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { answerClientError } from './client-error.js';
import { createContinueListener, createRequestListener } from './request-listener.js';
import type { Service } from './service.js';
import { createUpgradeListener } from './upgrade-listener.js';

// As modules these would cost every start dearly on Node 22 and later (nodejs/node#59686); as builtins they do not.
const http = process.getBuiltinModule('node:http');
const net = process.getBuiltinModule('node:net');

/** How often node looks for requests that take too long to arrive. */
const CHECK_INTERVAL_MS = 5000;

/** The server of an application: node:http with every limit set, its listeners, and an end that loses nothing. */
export class HttpServer {
  readonly #server: Server;
  readonly #service: Service;
  readonly #sockets = new Set<Socket>();
  #closing: Promise<DrainReport> | undefined;

  constructor(service: Service) {
    const { settings } = service;
    this.#service = service;
    // A platform that manages connections itself wants none of them timed out by the function (FC: custom runtime).
    const times = settings.platform.ownsConnections
      ? { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 }
      : {
          requestTimeout: settings.requestTimeoutMs,
          headersTimeout: settings.headersTimeoutMs,
          keepAliveTimeout: settings.keepAliveTimeoutMs,
        };
    this.#server = http.createServer(
      { ...times, maxHeaderSize: settings.maxHeaderBytes, connectionsCheckingInterval: CHECK_INTERVAL_MS },
      createRequestListener(service),
    );
    // One more than allowed is read, so that more than allowed is seen: node drops the surplus in silence.
    this.#server.maxHeadersCount = settings.maxHeaders + 1;
    this.#server.on('checkContinue', createContinueListener(service));
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) =>
      answerClientError(service, error, socket),
    );
    const upgrade = createUpgradeListener(service);
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      upgrade(request, socket, head),
    );
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Begins to listen. Rejects with node's error where it cannot: `EADDRINUSE`, `EACCES`. */
  async listen(port: number, host: string): Promise<AddressInfo> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    // `listen` on a port gives an address, never a pipe's name.
    return this.#server.address() as AddressInfo;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Stops in the order that loses no request; once, however often it is called. Resolves when all is closed. */
  drain(timeoutMs: number): Promise<DrainReport> {
    return (this.#closing ??= this.#drain(timeoutMs));
  }

  async #drain(timeoutMs: number): Promise<DrainReport> {
    const service = this.#service;
    // 1. Readiness off, and `Connection: close` on every response from now on, those in flight included.
    service.draining = true;
    if (!this.#server.listening) return { cut: 0 };
    // 2. Stop accepting. http's own close() would also close connections that are idle at this moment, and lose the
    //    request that is already on its way on one of them (nodejs/node#60617): net's close() leaves them alone.
    const closed = new Promise<void>((resolve) => {
      net.Server.prototype.close.call(this.#server, () => resolve());
    });
    const deadline = startTimer(timeoutMs);
    // 3. End what would never end by itself.
    const ended = service.live.endPolitely('shutdown');
    // 4. Connections that stay idle are closed after a while, and again and again: each may have been busy till now.
    const idle = setInterval(
      () => this.#closeIdle(),
      Math.max(10, Math.min(service.settings.idleCloseMs, timeoutMs / 2)),
    );
    const outcome = await Promise.race([Promise.all([closed, ended]).then(() => 'closed' as const), deadline.passed]);
    clearInterval(idle);
    deadline.clear();
    // Stops node's own check of request times, which net's close() knows nothing of.
    this.#server.close();
    if (outcome === 'closed') return { cut: 0 };
    // 5. Time is up: whoever still works hears so by the signal, and is cut.
    const cut = service.inFlight.size + service.live.size;
    for (const exchange of service.inFlight) exchange.abandon(new Error('the server is going down'));
    service.live.terminate();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    return { cut };
  }

  #closeIdle(): void {
    this.#server.closeIdleConnections();
    // Node counts a connection that never sent a byte as busy; browsers open such ones in advance.
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
  }
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
