import { describe } from '../errors/problem.js';
import type { Logger } from '../telemetry/log.js';
import { hasSpareDescriptor } from './spare-descriptor.js';
import { withinTime } from './within-time.js';

/** Whether something that the application needs can be used. `false`, and what is thrown, is no. */
export type ReadinessCheck = () => boolean | Promise<boolean>;

/** Readiness checks by name: `{ redis: () => redis.status === 'ready' }`. */
export type ReadinessChecks = Readonly<Record<string, ReadinessCheck>>;

/** What instances share: channels and stores know how they are. */
interface Shared {
  health(): boolean | Promise<boolean>;
}

/** The application's checks, and those of its channels, its store and its descriptors, unless it has checks of these names. */
export function readinessChecks(own: ReadinessChecks, channels: Shared, store: Shared): ReadinessChecks {
  return {
    channels: () => channels.health(),
    store: () => store.health(),
    descriptors: hasSpareDescriptor,
    ...own,
  };
}

/** Asks whether everything is there that requests need. */
export class Readiness {
  readonly #checks: readonly (readonly [string, ReadinessCheck])[];
  readonly #timeoutMs: number;
  readonly #log: Logger;
  /** Balancers ask often, and several at once: all of them get the answer of one round. */
  #round: Promise<readonly string[]> | undefined;
  #failed = '';

  constructor(checks: ReadinessChecks, timeoutMs: number, log: Logger) {
    this.#checks = Object.entries(checks);
    this.#timeoutMs = timeoutMs;
    this.#log = log;
  }

  /** The names of the checks that fail. */
  failed(): Promise<readonly string[]> {
    return (this.#round ??= this.#ask().finally(() => {
      this.#round = undefined;
    }));
  }

  async #ask(): Promise<readonly string[]> {
    const reasons: Record<string, string> = {};
    await Promise.all(
      this.#checks.map(async ([name, check]) => {
        try {
          const answer = await withinTime(Promise.resolve(check()), this.#timeoutMs);
          if (!answer) reasons[name] = 'it is not ready';
        } catch (error) {
          reasons[name] = describe(error);
        }
      }),
    );
    const failed = this.#checks.map(([name]) => name).filter((name) => name in reasons);
    this.#report(failed, reasons);
    return failed;
  }

  /** The log has each change once: a probe comes every few seconds. */
  #report(failed: readonly string[], reasons: Readonly<Record<string, string>>): void {
    const now = failed.join();
    if (now === this.#failed) return;
    this.#failed = now;
    if (failed.length > 0) this.#log.warn({ failed: reasons }, 'not ready');
    else this.#log.info('ready again');
  }
}
