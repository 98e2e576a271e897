import type { IncomingMessage, ServerResponse } from 'node:http';

import { describe } from '../errors/problem.js';
import type { Logger } from '../telemetry/log.js';
import type { Metrics } from '../telemetry/metrics.js';

export interface MetricsEndpointSettings {
  readonly metricsPath: string;
  /** Whoever asks must know it; empty: anybody may ask. */
  readonly metricsToken: string;
}

/** Answers Prometheus. Before all routes and middleware, without an access record: it comes every few seconds. */
export class MetricsEndpoint {
  readonly metrics: Metrics;
  readonly #path: string;
  readonly #token: string;
  readonly #log: Logger;

  constructor(metrics: Metrics, { metricsPath, metricsToken }: MetricsEndpointSettings, log: Logger) {
    this.metrics = metrics;
    this.#path = metricsPath;
    this.#token = metricsToken;
    this.#log = log;
  }

  /** Whether the request was for metrics, and is answered. */
  answer(request: IncomingMessage, response: ServerResponse, draining: boolean): boolean {
    const { url = '', method, headers } = request;
    if (!url.startsWith(this.#path) || (url.length > this.#path.length && url[this.#path.length] !== '?')) return false;
    if (method !== 'GET' && method !== 'HEAD') return false;
    if (!this.#isAllowed(headers.authorization)) {
      response.writeHead(401, { 'WWW-Authenticate': 'Bearer', 'Content-Length': 0 }).end();
      return true;
    }
    void this.#write(response, draining);
    return true;
  }

  async #write(response: ServerResponse, draining: boolean): Promise<void> {
    let status = 200;
    let text: string;
    try {
      text = await this.metrics.text(draining);
    } catch (error) {
      this.#log.error({ err: error }, `a register of metrics failed: ${describe(error)}`);
      status = 500;
      text = 'a register of metrics failed\n';
    }
    response.writeHead(status, {
      'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
      'Cache-Control': 'no-store',
    });
    response.end(text);
  }

  #isAllowed(authorization = ''): boolean {
    if (this.#token === '') return true;
    const given = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
    const { createHash, timingSafeEqual } = process.getBuiltinModule('node:crypto');
    // Of one length, as timingSafeEqual wants them.
    const [one, other] = [given, this.#token].map((token) => createHash('sha256').update(token).digest());
    return one !== undefined && other !== undefined && timingSafeEqual(one, other);
  }
}
