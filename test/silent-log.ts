import type { ContextSettings } from '#src/context/http-context.js';
import { createLogger } from '#src/telemetry/log.js';

/** Settings of contexts that are made without a server, their log written nowhere. */
export const silent: ContextSettings = {
  log: createLogger({ level: 'silent', format: 'json' }),
  requestIdHeaders: ['x-request-id'],
  trustProxy: false,
  extendedContextKey: '',
};
