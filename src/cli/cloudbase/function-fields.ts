import { heartbeatWithin } from '../../server/heartbeats.js';
import type { StartedApplication } from '../../start-command.js';

/** The fields of a function in `cloudbaserc.json` that follow from an application. */
export type FunctionFields = Readonly<Record<string, unknown>>;

/** What of an application its deployment has to agree with. */
export interface DeployFacts {
  readonly takesWebSockets: boolean;
  readonly streams: boolean;
  /** The longest time between two pings of a WebSocket; 0: there are none. */
  readonly heartbeatMs: number;
  readonly wsIdleTimeoutMs: number;
  readonly executionTimeoutMs: number;
  readonly handlerTimeoutMs: number;
}

/** The runtimes of the platform that are new enough, the one for everybody first (the next two are in public beta). */
const RUNTIMES: readonly (readonly [major: number, name: string])[] = [
  [20, 'Nodejs20.19'],
  [22, 'Nodejs22.21'],
  [24, 'Nodejs24.11'],
];

/** The bounds of the platform for a WebSocket's idle time-out, in seconds. */
export const IDLE_SECONDS = { min: 10, max: 7200 };

/** As long as the platform lets a function run, as a rule. */
const LONGEST_SECONDS = 900;
const MAX_CONCURRENCY = 100;

export function factsOf({ options, routes, takesWebSockets }: StartedApplication): DeployFacts {
  const { wsHeartbeatMs, wsIdleTimeoutMs, executionTimeoutMs, handlerTimeoutMs } = options;
  const sockets = routes.filter((route) => route.protocol === 'websocket');
  const pings = sockets.map((route) => heartbeatWithin(route.options.heartbeatMs ?? wsHeartbeatMs, wsIdleTimeoutMs));
  return {
    takesWebSockets,
    streams: routes.some(({ protocol }) => protocol === 'sse'),
    heartbeatMs: pings.length === 0 ? wsHeartbeatMs : Math.max(...pings),
    wsIdleTimeoutMs,
    executionTimeoutMs,
    handlerTimeoutMs,
  };
}

/** The runtime for a start script that names these Nodes. */
export function runtimeFor(nodes: readonly number[]): string {
  const [first] = RUNTIMES.filter(([major]) => nodes.includes(major));
  return (first ?? RUNTIMES[0])?.[1] ?? '';
}

/** What the application asks of its deployment. Nothing that is a matter of taste: memory, the network, variables. */
export function fieldsFor(facts: DeployFacts, dir: string, runtime: string): FunctionFields {
  const long = facts.takesWebSockets || facts.streams;
  const idleTimeOut = idleSeconds(facts);
  const sockets = { protocolType: 'WS', protocolParams: { wsParams: { idleTimeOut } } };
  return {
    type: 'HTTP',
    dir,
    runtime,
    timeout: Math.max(executionSeconds(facts, long), facts.takesWebSockets ? idleTimeOut : 0),
    // The platform installs nothing for HTTP functions; the command line tool's default would ask it to.
    installDependency: false,
    ...(facts.takesWebSockets ? sockets : {}),
    // Else every open stream and socket has an instance of its own.
    ...(long ? { instanceConcurrencyConfig: { dynamicEnabled: false, maxConcurrency: MAX_CONCURRENCY } } : {}),
  };
}

/** Two pings, or the platform cuts a healthy connection. Where there are none nobody knows: a minute. */
function idleSeconds({ wsIdleTimeoutMs, heartbeatMs }: DeployFacts): number {
  const seconds = Math.ceil((wsIdleTimeoutMs || heartbeatMs * 2 || 60_000) / 1000);
  return Math.min(Math.max(seconds, IDLE_SECONDS.min), IDLE_SECONDS.max);
}

function executionSeconds({ executionTimeoutMs, handlerTimeoutMs }: DeployFacts, long: boolean): number {
  if (executionTimeoutMs > 0) return Math.ceil(executionTimeoutMs / 1000);
  if (long || handlerTimeoutMs === 0) return LONGEST_SECONDS;
  // A second more than a handler has, so that the client gets our 504 and not the platform's 433.
  return Math.min(Math.ceil(handlerTimeoutMs / 1000) + 1, LONGEST_SECONDS);
}
