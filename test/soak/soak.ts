import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, type RedisServer, startRedis } from '../redis-server.js';
import { until } from '../until.js';
import type { Kind } from './account.js';
import type { ClientsReady, ClientsReport, FinishOrder } from './clients-report.js';
import { InstanceProcess, type Program } from './instance-process.js';
import { type MemoryReport, MemorySamples } from './memory-samples.js';
import { Publisher } from './publisher.js';

const CLIENTS = fileURLToPath(new URL('clients.js', import.meta.url));
const INSTANCES = 3;
/** One process of clients has no more: what is to be measured is the instances. */
const CLIENTS_A_PROCESS = 150;

export interface SoakOptions {
  /** What the instances run. Default: the application under test. */
  readonly program?: Program | undefined;
  readonly seconds: number;
  readonly clients: number;
  /** Messages a second. */
  readonly rate: number;
  /** How long Redis is stopped. */
  readonly pauseMs: number;
  /** Between the ends of two instances. */
  readonly endEveryMs: number;
  /** After which instances ask their clients to come back, as before a platform's deadline. */
  readonly executionTimeoutMs: number;
  /** Instances that are never ended: memory is told of processes that live long. */
  readonly spared: number;
  /** What node is told besides, in each instance: to look into it. */
  readonly nodeOptions?: string | undefined;
}

export interface Figures {
  readonly published: number;
  /** Numbers that came to be in none of the attempts. */
  readonly passedOver: number;
  readonly retries: number;
  readonly publisherWaitMs: number;
  readonly clients: ClientsReport[];
  readonly ends: Record<string, number>;
  readonly crashes: string[];
  readonly uncleanEnds: string[];
  readonly failedStarts: number;
  readonly memory: MemoryReport[];
}

/** Three instances and a Redis, all of them real processes, are ended and started again while clients follow a feed. */
export async function soak(options: SoakOptions): Promise<Figures> {
  const { program = 'yunction', seconds, clients, rate, executionTimeoutMs, spared } = options;
  // Redis is killed, not the machine: what was written is there again, without waiting for a disk.
  await using redis = await startRedis('--appendonly', 'yes', '--appendfsync', 'no');
  const snapshots = mkdtempSync(join(tmpdir(), 'yunction-soak-'));
  const env = {
    SNAPSHOTS: snapshots,
    REDIS_URL: redis.url,
    EXECUTION_TIMEOUT_MS: `${executionTimeoutMs}`,
    RESUME_MS: '60000',
    NODE_OPTIONS: options.nodeOptions ?? '',
  };
  const instances: InstanceProcess[] = [];
  for (let count = 0; count < INSTANCES; count += 1) {
    instances.push(new InstanceProcess(program, await freePort(), env));
  }
  const urls = instances.map(({ url }) => url);
  const groups: ChildProcess[] = [];
  const memory = new MemorySamples(instances, spared, seconds);
  try {
    for (const instance of instances) instance.start();
    await until(() => instances.every(({ ready }) => ready));
    const kinds = kindsOf(clients);
    for (let from = 0; from < clients; from += CLIENTS_A_PROCESS) {
      groups.push(fork(CLIENTS, { execArgv: ['--enable-source-maps'] }));
      groups.at(-1)?.send({
        urls,
        kinds: kinds.slice(from, from + CLIENTS_A_PROCESS),
        name: `group${from}`,
        resume: program === 'yunction',
      });
    }
    await Promise.all(
      groups.map((group, index) => begun(group, Math.min(CLIENTS_A_PROCESS, clients - index * CLIENTS_A_PROCESS))),
    );
    const publisher = new Publisher(urls, rate);
    const over = new AbortController();
    const ends: Record<string, number> = { SIGTERM: 0, SIGKILL: 0 };
    const disturbances = [
      endInstances(instances.slice(spared), options.endEveryMs, ends, over.signal),
      disturbRedis(redis, options, ends),
    ];
    await publisher.run(seconds);
    over.abort();
    await Promise.all(disturbances);
    const reports = groups.map((group) => reportOf(group, publisher));
    return {
      published: publisher.published,
      passedOver: publisher.passedOver.length,
      retries: publisher.retries,
      publisherWaitMs: publisher.longestWaitMs,
      clients: await Promise.all(reports),
      ends,
      crashes: instances.flatMap(({ crashes }) => crashes),
      uncleanEnds: instances.flatMap(({ uncleanEnds }) => uncleanEnds),
      failedStarts: instances.reduce((sum, { failedStarts }) => sum + failedStarts, 0),
      memory: memory.reports(),
    };
  } finally {
    memory.stop();
    for (const group of groups) group.kill('SIGKILL');
    await Promise.all(instances.map((instance) => instance.stop()));
    rmSync(snapshots, { recursive: true, force: true });
  }
}

/** Half by WebSocket, half by event stream, some of these by the `eventsource` package. */
function kindsOf(clients: number): Kind[] {
  const kinds: readonly Kind[] = ['connect', 'streamEvents', 'connect', 'eventsource', 'connect', 'streamEvents'];
  return Array.from({ length: clients }, (_, index) => kinds[index % kinds.length] ?? 'connect');
}

async function begun(group: ChildProcess, clients: number): Promise<void> {
  for (;;) {
    const [{ ready }] = (await once(group, 'message')) as [ClientsReady];
    if (ready === clients) return;
  }
}

async function reportOf(group: ChildProcess, { last, passedOver }: Publisher): Promise<ClientsReport> {
  const order: FinishOrder = { last, passedOver };
  group.send(order);
  for (;;) {
    const [message] = (await once(group, 'message')) as [ClientsReport | ClientsReady];
    if ('accounts' in message) return message;
  }
}

/** One after the other, politely and not. */
async function endInstances(
  instances: readonly InstanceProcess[],
  everyMs: number,
  ends: Record<string, number>,
  signal: AbortSignal,
): Promise<void> {
  for (let turn = 0; !signal.aborted && instances.length > 0; turn += 1) {
    await sleep(everyMs);
    const name = turn % 2 === 0 ? 'SIGTERM' : 'SIGKILL';
    const instance = instances[turn % instances.length];
    if (instance?.ready !== true) continue;
    instance.signal(name);
    ends[name] = (ends[name] ?? 0) + 1;
  }
}

/** Killed and started once, stopped once. */
async function disturbRedis(
  redis: RedisServer,
  { seconds, pauseMs }: SoakOptions,
  ends: Record<string, number>,
): Promise<void> {
  await sleep(seconds * 300);
  await redis.kill();
  await redis.start();
  ends['redis killed'] = 1;
  await sleep(seconds * 300);
  redis.pause();
  await sleep(pauseMs);
  redis.resume();
  ends['redis stopped'] = 1;
}
