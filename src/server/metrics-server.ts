import type { Server } from 'node:http';

import type { MetricsEndpoint } from './metrics-endpoint.js';

/** Serves the metrics, and nothing else, on a port of their own, which is not open to the world. */
export class MetricsServer {
  readonly #server: Server;

  /** @param isDraining asked at each request: this server answers until the application's own has ended. */
  constructor(endpoint: MetricsEndpoint, isDraining: () => boolean) {
    const http = process.getBuiltinModule('node:http');
    this.#server = http.createServer((request, response) => {
      if (!endpoint.answer(request, response, isDraining())) response.writeHead(404, { 'Content-Length': 0 }).end();
    });
  }

  /** Rejects with node's error where it cannot listen. */
  listen(port: number, host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(port, host, () => resolve());
    });
  }

  /** Ends at once: whoever asks for metrics asks again. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
