import { type Route, routeName } from '../routing/route.js';
import type { Logger } from '../telemetry/log.js';

/** Something that must be looked at while it is idle. */
export interface Beating {
  /** Called every `interval / 2` milliseconds. */
  beat(): void;
}

/**
 * One timer for all streams and sockets of the same interval, however many there are, and none where there are none.
 * It ticks twice an interval, so silence never lasts longer than the interval.
 */
export class Heartbeats {
  readonly #wheels = new Map<number, { readonly members: Set<Beating>; readonly timer: NodeJS.Timeout }>();

  /** @param intervalMs 0: the member is never called. */
  add(member: Beating, intervalMs: number): void {
    if (intervalMs <= 0) return;
    let wheel = this.#wheels.get(intervalMs);
    if (wheel === undefined) {
      const members = new Set<Beating>();
      const timer = setInterval(
        () => {
          for (const each of members) each.beat();
        },
        Math.max(1, intervalMs / 2),
      );
      // A heartbeat alone is no reason for the process to live.
      timer.unref();
      wheel = { members, timer };
      this.#wheels.set(intervalMs, wheel);
    }
    wheel.members.add(member);
  }

  remove(member: Beating, intervalMs: number): void {
    const wheel = this.#wheels.get(intervalMs);
    if (wheel === undefined || !wheel.members.delete(member) || wheel.members.size > 0) return;
    clearInterval(wheel.timer);
    this.#wheels.delete(intervalMs);
  }

  /** How many timers run: for leak checks. */
  get size(): number {
    return this.#wheels.size;
  }
}

/**
 * The interval of a WebSocket's pings: often enough that the platform never takes the connection for idle, also where
 * somebody has asked for less, or for none.
 * @param idleTimeoutMs 0: it is not known.
 */
export function heartbeatWithin(chosen: number, idleTimeoutMs: number): number {
  const longest = Math.floor(idleTimeoutMs / 2);
  return longest > 0 && (chosen === 0 || chosen > longest) ? longest : chosen;
}

/** Says of each route that asks for rarer pings, or for none, that it has more: nobody would look for that in its options. */
export function warnOfHeartbeats(routes: readonly Route[], idleTimeoutMs: number, log: Logger): void {
  for (const route of routes) {
    if (route.protocol !== 'websocket' || route.options.heartbeatMs === undefined) continue;
    const { heartbeatMs } = route.options;
    const used = heartbeatWithin(heartbeatMs, idleTimeoutMs);
    if (used === heartbeatMs) continue;
    const why = `the platform cuts a WebSocket after ${idleTimeoutMs} ms of silence (wsIdleTimeoutMs)`;
    const fields = { route: routeName(route), path: route.path, heartbeatMs, used };
    log.warn(fields, `${routeName(route)}: heartbeatMs is ${used} and not ${heartbeatMs}, as ${why}`);
  }
}
