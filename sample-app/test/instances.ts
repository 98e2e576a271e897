// What `REDIS_URL=… PORT=… npm start` starts, and a Redis for it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Seen from the compiled file, sample-app/built/test/. */
const BOOTSTRAP = fileURLToPath(new URL('../../../scf_bootstrap', import.meta.url));

const missing = process.env['CI'] !== 'true' && spawnSync('redis-server', ['--version']).status !== 0;

/** Why tests with a real Redis are left out; `false`: they are not. */
export const withoutRedis: string | false = missing && 'redis-server is not installed';

/** Starts Redis on a free port and gives its URL. */
export async function startRedis(): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'sample-app-redis-'));
  const server = spawn('redis-server', ['--port', `${port}`, '--dir', folder, '--save', ''], { stdio: 'ignore' });
  const stop = async () => {
    await end(server, 'SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
  await once(server, 'spawn'); // rejects where it is not installed
  while (!(await connects(port))) await wait(10);
  return { url: `redis://127.0.0.1:${port}`, stop };
}

/** One process of the application, that can be killed and started again on its port. */
export class Instance {
  readonly url: string;
  readonly #env: NodeJS.ProcessEnv;
  #process: ChildProcess | undefined;

  constructor(port: number, redisUrl: string) {
    this.url = `http://127.0.0.1:${port}`;
    this.#env = { ...process.env, REDIS_URL: redisUrl, PORT: `${port}`, NODE_ENV: 'production' };
  }

  async start(): Promise<void> {
    const started = (this.#process = spawn(BOOTSTRAP, { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] }));
    // Not inherited: where this process is cut by its time-out, the runner would wait for the server's end for ever.
    started.stderr.pipe(process.stderr);
    for await (const line of createInterface(started.stdout)) if (line.includes('ready on')) break;
    started.stdout.resume();
  }

  /** SIGKILL: whatever it was doing. */
  kill(): Promise<void> {
    return end(this.#process, 'SIGKILL');
  }

  stop(): Promise<void> {
    return end(this.#process, 'SIGTERM');
  }
}

export async function startInstance(redisUrl: string): Promise<Instance> {
  const instance = new Instance(await freePort(), redisUrl);
  await instance.start();
  return instance;
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.on('connect', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
