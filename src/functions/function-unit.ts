import { describe } from '../errors/problem.js';
import { HttpError } from '../errors/http-error.js';
import { StartupError } from '../errors/startup-error.js';
import type { Logger } from '../telemetry/log.js';
import type { FunctionReport } from '../server/function-table.js';
import { type FunctionExports, readExports } from './function-exports.js';
import { isEsModule, loadModule } from './load-module.js';

/** A module that fails to load is tried again, but not by every request of a burst. */
const RETRY_AFTER_MS = 1000;

/** One function as its project found it: where it is, and what of its module is the function. */
export interface FoundFunction {
  readonly name: string;
  /** The function in the log and the route table: `orders.main`. */
  readonly label: string;
  /** The paths that it serves, with all below them. */
  readonly paths: readonly string[];
  /** The absolute path of its module. */
  readonly file: string;
  /** The same, as it is written in messages. */
  readonly shownFile: string;
  readonly target: string;
}

/**
 * One function and its loading: at most one at a time, and never again once it has worked. A CommonJS module that fails
 * is tried again by a later request, which helps where it failed for what it needs (a database that was not there yet).
 * An ES module's failure is kept by node for ever; it takes another instance.
 *
 * @template Serving what the function becomes when it is loaded.
 */
export class FunctionUnit<Serving extends object> {
  serving: Serving | undefined;
  #failure: unknown;
  #failed = false;
  #retryAt = 0;
  #ms = 0;
  #loading: Promise<void> | undefined;

  constructor(
    readonly found: FoundFunction,
    private readonly serve: (exports: FunctionExports) => Serving,
    private readonly log: Logger,
    /** Milliseconds after which those who wait are told that it is not loaded; 0: no limit. */
    private readonly timeoutMs: number,
  ) {}

  /** What a request has to wait for; `undefined`: nothing, as it is loaded, or failed for good or a moment ago. */
  waitFor(): Promise<void> | undefined {
    if (this.serving !== undefined) return undefined;
    if (this.#loading === undefined && this.#failed && !this.#mayRetry()) return undefined;
    return this.load();
  }

  /** Loads it, unless it is loaded or being loaded. It never rejects. @param level of the line that tells of it. */
  load(level: 'info' | 'debug' = 'info'): Promise<void> {
    if (this.serving !== undefined) return Promise.resolve();
    this.#loading ??= this.#load(level).finally(() => (this.#loading = undefined));
    return this.timeoutMs === 0 ? this.#loading : orLater(this.#loading, this.timeoutMs);
  }

  get report(): FunctionReport {
    const { name, shownFile } = this.found;
    const failure = this.serving === undefined ? describeFailure(this.#failure) : undefined;
    return { name, file: shownFile, ms: this.#ms, failure };
  }

  /** The error of a request to a function that is not loaded. */
  error(): HttpError {
    const cause = this.#failed
      ? this.#failure
      : new Error(`the module is still being loaded after ${this.timeoutMs} ms`);
    return HttpError.of('FUNCTION_NOT_LOADED', 'The function could not be loaded.', { cause });
  }

  #mayRetry(): boolean {
    const permanent = this.#failure instanceof StartupError || isEsModule(this.found.file);
    return !permanent && Date.now() >= this.#retryAt;
  }

  async #load(level: 'info' | 'debug'): Promise<void> {
    const { name, file, shownFile, target } = this.found;
    const began = performance.now();
    const msSince = () => Math.round(performance.now() - began);
    try {
      this.serving = this.serve(readExports(await loadModule(file), target));
      this.#ms = msSince();
      this.log[level]({ function: name, file: shownFile, ms: this.#ms }, 'function loaded');
    } catch (error) {
      this.#ms = msSince();
      this.#failed = true;
      this.#failure = error;
      this.#retryAt = Date.now() + RETRY_AFTER_MS;
      const fields = { err: error, function: name, file: shownFile };
      this.log.error(fields, `function ${name} could not be loaded: ${describeFailure(error)}`);
    }
  }
}

function describeFailure(error: unknown): string {
  return error instanceof StartupError ? error.message : describe(error);
}

/** Resolves when the loading has ended, or when the time is up. */
async function orLater(loading: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([loading, late]);
  } finally {
    clearTimeout(timer);
  }
}
