import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort, REDIS_SERVER, type RedisServer, startRedis } from './redis-server.js';

const NAME = 'watched';
/** Milliseconds after which a master counts as dead: short, as tests wait for it; a busy one lives. */
const DOWN_AFTER_MS = 2000;

/** A sentinel, which is `redis-server --sentinel`. */
class Sentinel {
  readonly port: number;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  /** @param quorum how many must find the master dead. */
  async start(masterPort: number, quorum: number): Promise<void> {
    const config = join(this.#folder, `sentinel-${this.port}.conf`);
    const lines = [
      `port ${this.port}`,
      'bind 127.0.0.1',
      `dir ${this.#folder}`,
      `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} ${quorum}`,
      `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`,
      `sentinel failover-timeout ${NAME} 6000`,
    ];
    writeFileSync(config, lines.join('\n'));
    this.#process = spawn(REDIS_SERVER, [config, '--sentinel'], { stdio: 'ignore' });
    while ((await this.masterPort().catch(() => undefined)) !== masterPort) await wait(20);
  }

  /** Where the master listens, as this one knows. */
  async masterPort(): Promise<number> {
    const [, port] = (await this.say('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)) as [string, string]; // as documented
    return Number(port);
  }

  async say(command: string, ...args: string[]): Promise<unknown> {
    const client = new Redis({ port: this.port, host: '127.0.0.1', retryStrategy: null, enableReadyCheck: false });
    client.on('error', () => undefined); // the command rejects
    try {
      return await client.call(command, ...args);
    } finally {
      client.disconnect();
    }
  }

  async kill(): Promise<void> {
    if (this.#process === undefined || this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}

/** A master, two replicas and three sentinels that watch them. */
export class WatchedRedis {
  readonly nodes: readonly RedisServer[];
  readonly sentinels: readonly Sentinel[];
  readonly #folder: string;

  private constructor(nodes: readonly RedisServer[], sentinels: readonly Sentinel[], folder: string) {
    this.nodes = nodes;
    this.sentinels = sentinels;
    this.#folder = folder;
  }

  static async start(): Promise<WatchedRedis> {
    const args = ['--appendonly', 'yes', '--repl-ping-replica-period', '1'];
    const master = await startRedis(...args);
    const replicaOf = ['--replicaof', '127.0.0.1', `${master.port}`];
    const replicas = await Promise.all([0, 1].map(() => startRedis(...args, ...replicaOf)));
    const folder = mkdtempSync(join(tmpdir(), 'yunction-sentinels-'));
    const sentinels: Sentinel[] = [];
    for (let count = 0; count < 3; count += 1) sentinels.push(new Sentinel(await freePort(), folder));
    const watched = new WatchedRedis([master, ...replicas], sentinels, folder);
    await Promise.all(sentinels.map((sentinel) => sentinel.start(master.port, 2)));
    await watched.#everySentinel(/(?:num-slaves\n2\n[^]*num-other-sentinels\n2\n)/);
    return watched;
  }

  /** What ioredis is to be told. */
  get client(): { sentinels: { host: string; port: number }[]; name: string } {
    return { sentinels: this.sentinels.map(({ port }) => ({ host: '127.0.0.1', port })), name: NAME };
  }

  /** Kills the master, and waits until a replica has taken over. Gives the dead one. */
  async killMaster(): Promise<RedisServer> {
    const master = await this.#master();
    await master.kill();
    let next: RedisServer | undefined;
    while (next === undefined || next === master || !String(await next.say('ROLE')).startsWith('master')) {
      await wait(50);
      next = await this.#master();
    }
    return master;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.sentinels.map((sentinel) => sentinel.kill()));
    await Promise.all(this.nodes.map((node) => node[Symbol.asyncDispose]()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #master(): Promise<RedisServer> {
    const ports = await Promise.all(this.sentinels.map((each) => each.masterPort().catch(() => undefined)));
    const port = ports.find((each) => each !== undefined);
    const master = this.nodes.find((node) => node.port === port);
    if (master === undefined) throw new Error(`no node listens on ${port}, which the sentinels name`);
    return master;
  }

  /** Waits until each knows the replicas and the other sentinels. */
  async #everySentinel(pattern: RegExp): Promise<void> {
    for (const sentinel of this.sentinels) {
      while (!pattern.test(`${[await sentinel.say('SENTINEL', 'MASTER', NAME)].flat(2).join('\n')}\n`)) await wait(50);
    }
  }
}
