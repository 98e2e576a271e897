import { setTimeout as wait } from 'node:timers/promises';
import { freePort, type RedisServer, startRedis } from './redis-server.js';

/** Milliseconds after which a node counts as dead: short, as tests wait for its replica to take over; a busy one lives. */
const NODE_TIMEOUT_MS = 3000;

const SLOTS = 16_384;

/** What CLUSTER SLOTS says of a range: its first and last slot, its master, its replicas. */
type SlotRange = readonly [from: number, to: number, ...holders: (readonly [host: string, port: number])[]];

/** Masters with as many slots each, and, if wanted, a replica for each of them. */
export class RedisCluster {
  readonly nodes: readonly RedisServer[];

  readonly #busPorts: readonly number[];

  private constructor(started: readonly (readonly [node: RedisServer, busPort: number])[]) {
    this.nodes = started.map(([node]) => node);
    this.#busPorts = started.map(([, busPort]) => busPort);
  }

  static async start({ masters = 3, replicated = false } = {}): Promise<RedisCluster> {
    // A replica counts as one when it has heard something of its master.
    const pings = ['--repl-ping-replica-period', '1'];
    const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', `${NODE_TIMEOUT_MS}`, ...pings];
    const count = replicated ? masters * 2 : masters;
    const cluster = new RedisCluster(await Promise.all(Array.from({ length: count }, () => startNode(args))));
    await cluster.#form(masters);
    return cluster;
  }

  /** All nodes, as a URL of `yunction/redis`. */
  get url(): string {
    return this.nodes.map(({ url }) => url).join();
  }

  /** The master that has a key, and its replica, if it has one. */
  async holdersOf(key: string): Promise<readonly [master: RedisServer, replica: RedisServer | undefined]> {
    const node = this.nodes.find(({ alive }) => alive);
    if (node === undefined) throw new Error('no node lives');
    const slot = Number(await node.say('CLUSTER', 'KEYSLOT', key));
    for (;;) {
      const [, , ...holders] = (await rangesOf(node)).find(([from, to]) => slot >= from && slot <= to) ?? [0, 0];
      const [master, replica] = holders.map(([, port]) => this.nodes.find((each) => each.port === port));
      if (master !== undefined) return [master, replica];
      await wait(20); // while one hands it to another, nobody may have it
    }
  }

  /** Makes the replica of a key's master the master, in good order. */
  async failOver(key: string): Promise<void> {
    const [, replica] = await this.holdersOf(key);
    if (replica === undefined) throw new Error(`the master of ${key} has no replica`);
    for (let asked = 0; (await this.holdersOf(key))[0] !== replica; await wait(20)) {
      // Given up by the nodes after five seconds, as where the machine is busy: then they are asked again.
      if (Date.now() - asked < 6000) continue;
      asked = Date.now();
      await replica.say('CLUSTER', 'FAILOVER');
    }
  }

  /** Moves the slot of a key to another master. */
  async moveSlot(key: string, to: RedisServer): Promise<void> {
    const [from] = await this.holdersOf(key);
    const slot = String(await from.say('CLUSTER', 'KEYSLOT', key));
    const [fromId, toId] = [String(await from.say('CLUSTER', 'MYID')), String(await to.say('CLUSTER', 'MYID'))];
    await to.say('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
    await from.say('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
    for (;;) {
      const keys = (await from.say('CLUSTER', 'GETKEYSINSLOT', slot, '10')) as string[]; // as Redis documents it
      if (keys.length === 0) break;
      await from.say('MIGRATE', '127.0.0.1', `${to.port}`, '', '0', '5000', 'KEYS', ...keys);
    }
    for (const node of [to, from]) await node.say('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node[Symbol.asyncDispose]()));
  }

  async #form(masters: number): Promise<void> {
    const [first] = this.nodes;
    for (const [index, node] of this.nodes.slice(0, masters).entries()) {
      const [from = 0, to = 0] = [index, index + 1].map((part) => Math.floor((part * SLOTS) / masters));
      await node.say('CLUSTER', 'ADDSLOTSRANGE', `${from}`, `${to - 1}`);
    }
    const meeting = ['127.0.0.1', `${first?.port}`, `${this.#busPorts[0]}`];
    for (const node of this.nodes.slice(1)) await node.say('CLUSTER', 'MEET', ...meeting);
    await this.#everyNode('INFO', new RegExp(`cluster_state:ok[^]*cluster_known_nodes:${this.nodes.length}\\b`));
    for (const [index, node] of this.nodes.slice(masters).entries()) {
      await node.say('CLUSTER', 'REPLICATE', String(await this.nodes[index]?.say('CLUSTER', 'MYID')));
      while (!String(await node.say('INFO', 'replication')).includes('master_link_status:up')) await wait(20);
    }
    // Every node knows every replica, so that any of them can be asked.
    const holders = this.nodes.length / masters;
    for (const node of this.nodes) {
      while (!(await rangesOf(node)).every(([, , ...known]) => known.length === holders)) await wait(20);
    }
  }

  /** Waits until what each node says of the cluster matches. */
  async #everyNode(about: string, pattern: RegExp): Promise<void> {
    for (const node of this.nodes) while (!pattern.test(String(await node.say('CLUSTER', about)))) await wait(20);
  }
}

/** Its nodes talk on a port of their own, as the usual one, 10,000 above the other, may be somebody's, or none at all. */
async function startNode(args: readonly string[]): Promise<readonly [node: RedisServer, busPort: number]> {
  for (let attempt = 1; ; attempt += 1) {
    const busPort = await freePort();
    try {
      return [await startRedis(...args, '--cluster-port', `${busPort}`), busPort];
    } catch (error) {
      if (attempt === 5) throw error; // somebody was quicker to take the port, time and again
    }
  }
}

async function rangesOf(node: RedisServer): Promise<SlotRange[]> {
  return (await node.say('CLUSTER', 'SLOTS')) as SlotRange[]; // as Redis documents it
}
