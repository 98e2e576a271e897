import { StartupError } from '../errors/startup-error.js';
import type { Logger } from './log.js';
import type { OpenTelemetry, Tracing } from './tracing.js';

/** Where every copy of `@opentelemetry/api` keeps what is registered (its `internal/global-utils`). */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

/**
 * Tracing, where it is wanted. `auto`: where the application has registered a tracer provider by now, which is seen
 * without loading anything.
 *
 * @throws StartupError (rejected) where it is wanted expressly and `@opentelemetry/api` is not installed.
 */
export async function loadTracing(wanted: 'auto' | boolean, log: Logger): Promise<Tracing | undefined> {
  if (!isTracingWanted(wanted)) return undefined;
  let api: OpenTelemetry;
  try {
    api = await import('@opentelemetry/api');
  } catch (error) {
    const problem = '@opentelemetry/api is not installed';
    const remedy = 'run `npm install @opentelemetry/api`';
    if (wanted === true) throw new StartupError([{ where: 'option tracing', problem, remedy }], { cause: error });
    log.warn(`a tracer is registered, and no spans are made: ${problem}; ${remedy}`);
    return undefined;
  }
  const { Tracing: Spans } = await import('./tracing.js');
  return new Spans(api);
}

/** Whether there is anything to load. */
export function isTracingWanted(wanted: 'auto' | boolean): boolean {
  if (wanted !== 'auto') return wanted;
  return (globalThis as { [REGISTERED]?: { trace?: unknown } })[REGISTERED]?.trace !== undefined;
}
