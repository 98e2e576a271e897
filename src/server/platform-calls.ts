import type { IncomingMessage } from 'node:http';

import type { BodyLimits } from '../body/body-limits.js';
import type { HttpContext } from '../context/http-context.js';
import type { Exchange } from './exchange.js';

/**
 * What Alibaba Function Compute calls on an instance beside its requests. None of them has to be there: a call without a
 * hook succeeds, but for `onInvoke`, without which `POST /invoke` is a path like any other.
 */
export interface PlatformHooks {
  /** `POST /initialize`: once for each instance, before its first request. What it throws makes the platform start anew. */
  onInitialize?: ((context: HttpContext) => unknown) | undefined;
  /** `GET /pre-stop`: before the instance is destroyed, or only frozen. It may come several times. */
  onPreStop?: ((context: HttpContext) => unknown) | undefined;
  /** `GET /pre-freeze`: before the instance is frozen (FC 2.0). */
  onPreFreeze?: ((context: HttpContext) => unknown) | undefined;
  /** `POST /invoke`: an invocation by the API or by an event trigger. Its result is answered as a handler's. */
  onInvoke?: ((event: Buffer, context: HttpContext) => unknown) | undefined;
}

/** One of the platform's calls, as the server answers it. */
export interface PlatformCall {
  readonly method: string;
  /** For the log. */
  readonly name: string;
  /** What the platform's log service calls it; `undefined`: it has no marks. */
  readonly mark: string | undefined;
  readonly answer: (exchange: Exchange) => unknown;
}

/** The calls by path. */
export function platformCalls(hooks: PlatformHooks, limits: BodyLimits): ReadonlyMap<string, PlatformCall> {
  const { onInitialize, onPreStop, onPreFreeze, onInvoke } = hooks;
  const calls = new Map<string, PlatformCall>([
    ['/initialize', hookCall('POST', 'onInitialize', 'Initialize', onInitialize)],
    ['/pre-stop', hookCall('GET', 'onPreStop', 'PreStop', onPreStop)],
    ['/pre-freeze', hookCall('GET', 'onPreFreeze', undefined, onPreFreeze)],
  ]);
  if (onInvoke === undefined) return calls;
  const answer = async (exchange: Exchange) => onInvoke(await exchange.readBytes(limits), exchange.context);
  return calls.set('/invoke', { method: 'POST', name: 'onInvoke', mark: 'Invoke', answer });
}

/**
 * The call that a request is: its path is one of the platform's, and the header that clients cannot set says so too.
 * Anything else with that path is a user's own.
 */
export function platformCallOf(
  calls: ReadonlyMap<string, PlatformCall>,
  { url = '/', method, headers }: IncomingMessage,
): PlatformCall | undefined {
  const call = calls.get(url);
  if (call === undefined || call.method !== method || headers['x-fc-control-path'] !== url) return undefined;
  return call;
}

function hookCall(
  method: string,
  name: string,
  mark: string | undefined,
  hook: ((context: HttpContext) => unknown) | undefined,
): PlatformCall {
  const answer = async ({ context, service, response }: Exchange) => {
    // What a hook returns is nobody's: the platform looks at the status alone.
    await hook?.(context);
    // The answer first: a server that goes down is no reason for the hook to fail.
    if (name === 'onPreStop' && service.settings.drainOnPreStop) response.once('close', () => service.goDown());
    return { statusCode: 200, headers: {} };
  };
  return { method, name, mark, answer };
}
