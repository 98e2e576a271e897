import type { Redis } from 'ioredis';

import { isReply } from './redis-failure.js';

/** Where a node of a cluster listens. */
export interface ClusterNode {
  readonly host: string;
  readonly port: number;
}

/**
 * The nodes of a cluster that have slots, masters and replicas, as one of them tells; none where there is no cluster, or
 * it may not be asked; `undefined` where there was no answer. A node without a host is the one that was asked (redis.io,
 * CLUSTER SLOTS).
 */
export async function clusterNodes(client: Redis, host: string): Promise<readonly ClusterNode[] | undefined> {
  let ranges: unknown;
  try {
    ranges = await client.call('CLUSTER', 'SLOTS');
  } catch (error) {
    return isReply(error) ? [] : undefined;
  }
  const nodes = new Map<string, ClusterNode>();
  for (const [, , ...holders] of Array.isArray(ranges) ? (ranges as [number, number, ...unknown[]][]) : []) {
    for (const [name, port] of holders as [string | null, number][]) {
      const node = { host: name === null || name === '' || name === '?' ? host : name, port };
      nodes.set(`${node.host}:${port}`, node);
    }
  }
  return [...nodes.values()];
}
