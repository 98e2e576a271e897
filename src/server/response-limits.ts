import type { Exchange } from './exchange.js';
import type { Headers } from './headers.js';
import type { Service } from './service.js';

/** Warnings that are remembered: routes are few, but a handler may make up header names. */
const MAX_WARNINGS = 1000;

/** Content types that a gateway takes for text. */
const TEXT = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|javascript))/i;

/**
 * What the platform does not let a response have: headers that it sets itself, and more bytes than it passes on. It would
 * answer in the function's place, or drop a header, without a word to whoever wrote the handler: the log has it, once for
 * each route.
 */
export class ResponseLimits {
  readonly #service: Pick<Service, 'settings' | 'log'>;
  readonly #warned = new Set<string>();
  readonly #names: ReadonlySet<string>;
  readonly #prefixes: readonly string[];

  constructor(service: Pick<Service, 'settings' | 'log'>) {
    this.#service = service;
    const { unsettableHeaders } = service.settings.platform;
    this.#names = new Set(unsettableHeaders.filter((name) => !name.endsWith('-')));
    this.#prefixes = unsettableHeaders.filter((name) => name.endsWith('-'));
  }

  /** Takes away what a handler or a middleware has set and may not. Headers of the 101 never come here. */
  strip(exchange: Exchange, headers: Headers): void {
    if (this.#names.size === 0) return;
    for (const name in headers) {
      const lower = name.toLowerCase();
      if (!this.#names.has(lower) && !this.#prefixes.some((prefix) => lower.startsWith(prefix))) continue;
      delete headers[name];
      // 426 names its protocol by this header, as it must everywhere else (RFC 9110, section 15.5.22).
      if (lower === 'upgrade' && exchange.errorCode === 'UPGRADE_REQUIRED') continue;
      this.#warn(exchange, lower, { header: lower }, 'the platform lets no function set this header: it was left out');
    }
  }

  /** Looks at the size of a whole head. Only where the platform has a limit. */
  checkHeaders(exchange: Exchange, headers: Headers): void {
    const limit = this.#service.settings.platform.maxResponseHeaderBytes;
    if (limit === undefined) return;
    let bytes = 0;
    for (const name in headers) {
      const value = headers[name];
      // Name, colon, space and line end, for each line.
      for (const each of typeof value === 'object' ? value : [String(value)]) bytes += name.length + each.length + 4;
    }
    if (bytes <= limit) return;
    this.#warn(exchange, 'headers', { bytes, limit }, 'the headers are larger than the platform lets through');
  }

  /** Looks at the size of a body that is large. */
  checkBody(exchange: Exchange, bytes: number, type: string): void {
    const { maxResponseBytes, maxTextBytes } = this.#service.settings.platform;
    if (maxResponseBytes !== undefined && bytes > maxResponseBytes) {
      const fields = { bytes, limit: maxResponseBytes };
      this.#warn(exchange, 'body', fields, 'the body is larger than the platform lets through');
    } else if (maxTextBytes !== undefined && bytes > maxTextBytes && TEXT.test(type)) {
      const fields = { bytes, limit: maxTextBytes };
      this.#warn(exchange, 'text', fields, 'the text is larger than the platform’s gateway may let through');
    }
  }

  #warn(exchange: Exchange, about: string, fields: object, message: string): void {
    const route = exchange.name ?? 'no route';
    const key = `${route}\0${about}`;
    if (this.#warned.has(key) || this.#warned.size >= MAX_WARNINGS) return;
    this.#warned.add(key);
    const { platform } = this.#service.settings;
    this.#service.log.warn(
      { ...fields, route, platform: platform.name, requestId: exchange.context.requestId },
      message,
    );
  }
}
