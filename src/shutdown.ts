import type { Application } from './application.js';
import { exitWithError } from './exit-with-error.js';

/** How long `onClose` hooks and disposals may take beyond the time of the drain. */
const HOOKS_GRACE_MS = 500;

/** The end of the process: drain, hooks, disposals, exit code. Once, whoever asks for it. */
export class Shutdown {
  readonly #application: Application;
  #code = 0;
  #signals = 0;
  #begun = false;

  constructor(application: Application) {
    this.#application = application;
  }

  get begun(): boolean {
    return this.#begun;
  }

  /** The first signal drains. Whoever sends a second one means now. */
  onSignal(name: string): void {
    this.#signals += 1;
    if (this.#signals > 1) process.exit(1);
    this.begin(name, 0);
  }

  /** Drains and ends the process. @param code its exit code, unless something worse comes in between. */
  begin(reason: string, code: number): void {
    this.#code = Math.max(this.#code, code);
    if (this.#begun) return;
    this.#begun = true;
    const { log, options } = this.#application;
    log.info(`${reason}: draining, at most ${options.shutdownMs} ms`);
    // Hooks that hang must not keep the process: the platform would kill it without a word. The timer itself must keep it:
    // a process in which nothing is left to wait for ends with code 0, whatever it was to end with.
    setTimeout(() => {
      log.error('onClose hooks or disposals took too long');
      process.exit(1);
    }, options.shutdownMs + HOOKS_GRACE_MS);
    this.#application.close().then(({ cut }) => this.#exit(cut), exitWithError);
  }

  #exit(cut: number): void {
    if (cut > 0) {
      this.#application.log.warn({ cut }, 'the time was up: requests were cut off');
      this.#code = Math.max(this.#code, 1);
    }
    process.exit(this.#code);
  }
}
