import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { Redis } from 'ioredis';

/** The server under test: `REDIS_SERVER` is the path of another than the one of the PATH, such as Valkey's. */
export const REDIS_SERVER = process.env['REDIS_SERVER'] ?? 'redis-server';

const found = spawnSync(REDIS_SERVER, ['--version']).status === 0;

/**
 * Why tests with a real Redis are left out; `false`: they are not. Where everything has to be tested, a missing
 * redis-server fails them instead.
 */
export const withoutRedis: string | false =
  found || process.env['CI'] === 'true' ? false : `${REDIS_SERVER} is not installed`;

/** A Redis of a test's own, on a free port, in a folder of its own. */
export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #arguments: readonly string[];
  readonly #tls: boolean;
  #process: ChildProcess | undefined;

  /** @param tls whether it is to speak TLS alone; its certificate is among the arguments then. */
  constructor(port: number, folder: string, args: readonly string[], tls = false) {
    this.port = port;
    this.#folder = folder;
    this.#tls = tls;
    const listening = tls ? ['--port', '0', '--tls-port', `${port}`] : ['--port', `${port}`];
    const own = ['--bind', '127.0.0.1', '--dir', folder, '--save', '', '--repl-diskless-sync-delay', '0'];
    this.#arguments = [...listening, ...own, ...args];
  }

  get url(): string {
    return `${this.#tls ? 'rediss' : 'redis'}://127.0.0.1:${this.port}`;
  }

  /** On the same port, with what it had written to its log. Resolves when it answers. */
  async start(): Promise<void> {
    this.#process = spawn(REDIS_SERVER, this.#arguments, { stdio: 'ignore' });
    let over = false;
    const failed = once(this.#process, 'exit')
      .then(([code]) => {
        throw new Error(`redis-server ended with ${code} while it started`);
      })
      .finally(() => (over = true));
    await Promise.race([this.#answers(() => over), failed]);
    failed.catch(() => undefined); // of its end, later
  }

  get alive(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** SIGKILL: whatever it was doing. */
  async kill(): Promise<void> {
    const process = this.#process;
    if (process === undefined || !this.alive) return;
    const ended = once(process, 'exit');
    process.kill('SIGKILL');
    await ended;
  }

  /** It neither answers nor closes connections, until `resume`. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** What it answers to a command. */
  async say(command: string, ...args: string[]): Promise<unknown> {
    const client = new Redis({ port: this.port, host: '127.0.0.1', protocol: 2, replyMapping: 'legacy' });
    try {
      return await client.call(command, ...args);
    } finally {
      client.disconnect();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** @param isOver asked in between: who waited for one that is not installed would never end. */
  async #answers(isOver: () => boolean): Promise<void> {
    while (!isOver() && !(await ping(this.port, this.#tls))) await wait(10);
  }
}

/** @param args further options of redis-server; with `--appendonly yes` it keeps what it had when it is started again. */
export async function startRedis(...args: string[]): Promise<RedisServer> {
  const server = new RedisServer(await freePort(), mkdtempSync(join(tmpdir(), 'yunction-redis-')), args);
  await server.start();
  return server;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Whether it is there; one that asks for a password is. */
function ping(port: number, tls: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const host = '127.0.0.1';
    const socket = tls ? connectTls({ port, host, rejectUnauthorized: false }) : createConnection(port, host);
    const done = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.on('error', () => done(false));
    socket.on('data', (data) => done(/^\+PONG|^-NOAUTH/.test(data.toString())));
    socket.write('PING\r\n');
  });
}
