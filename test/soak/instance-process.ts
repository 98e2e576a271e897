import { fileURLToPath } from 'node:url';
import { TestProcess } from '../fixtures/run-process.js';

/** The application under test, or the like of it on node:http, ws and ioredis alone. */
const PROGRAMS = { yunction: 'instance.js', bare: 'bare-instance.js' } as const;
export type Program = keyof typeof PROGRAMS;

/** An instance on a port of its own, which is started again whenever it has ended. */
export class InstanceProcess {
  readonly port: number;
  /** Of those that were ready and ended without having been told to: what they wrote. */
  readonly crashes: string[] = [];
  /** Ends by SIGTERM that took the process down otherwise than by exit code 0. */
  readonly uncleanEnds: string[] = [];
  /** Starts in vain, as Redis was away. */
  failedStarts = 0;
  starts = 0;
  readonly #program: string;
  readonly #env: Record<string, string>;
  #process: TestProcess | undefined;
  #told: NodeJS.Signals | undefined;
  #over = false;
  #running: Promise<void> | undefined;

  constructor(program: Program, port: number, env: Record<string, string>) {
    this.port = port;
    this.#program = fileURLToPath(new URL(PROGRAMS[program], import.meta.url));
    this.#env = { ...env, PORT: `${port}`, HOST: '127.0.0.1', YUNCTION_HOST: '127.0.0.1', ACCESS_LOG: 'false' };
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get ready(): boolean {
    return this.#told === undefined && this.#process?.stdout.includes('ready on') === true;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  signal(name: 'SIGTERM' | 'SIGKILL'): void {
    if (!this.ready) return;
    this.#told = name;
    this.#process?.signal(name);
  }

  async stop(): Promise<void> {
    this.#over = true;
    this.#told ??= 'SIGKILL';
    this.#process?.signal('SIGKILL');
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#over) {
      this.starts += 1;
      this.#told = undefined;
      // Not with --enable-source-maps: node keeps the map of each file that was ever in a stack, half a MiB by and by.
      this.#process = new TestProcess(['--expose-gc', this.#program], { env: this.#env });
      const { code, signal, stdout, stderr } = await this.#process.ended;
      const how = `${code ?? signal}: ${stdout.slice(-2000)}${stderr.slice(-2000)}`;
      const told = this.#told as NodeJS.Signals | undefined; // set by `signal` meanwhile
      if (told === 'SIGTERM' && code !== 0 && !this.#over) this.uncleanEnds.push(how);
      if (told !== undefined) continue;
      if (stdout.includes('ready on')) this.crashes.push(how);
      else this.failedStarts += 1;
    }
  }
}
