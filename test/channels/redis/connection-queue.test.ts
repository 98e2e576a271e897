import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { ConnectionQueue } from '#src/channels/redis/connection-queue.js';

describe('ConnectionQueue', () => {
  const queue = () => new ConnectionQueue(() => new Error('nobody answers'));

  it('gives the next connection to all who wait', async () => {
    const waiting = queue();
    const client = new Redis({ lazyConnect: true });
    const all = [waiting.next(60_000, false), waiting.next(60_000, true)];
    waiting.give(client);
    assert.deepEqual(await Promise.all(all), [client, client]);
  });

  it('fails those at once who do not wait for another attempt, and others in their time, saying why', async () => {
    const waiting = queue();
    const patient = waiting.next(60_000, false);
    const late = waiting.next(10, false);
    const hasty = waiting.next(60_000, true);
    waiting.onFailure();
    await assert.rejects(hasty, /nobody answers/);
    await assert.rejects(late, /nobody answers/);
    waiting.end();
    await assert.rejects(patient, /nobody answers/);
  });
});
