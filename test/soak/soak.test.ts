import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withoutRedis } from '../redis-server.js';
import { brokenPromises, showFigures } from './show-figures.js';
import { soak } from './soak.js';

describe('the soak, shortened', { skip: withoutRedis }, () => {
  it('gives every message to every client once and in order, while instances and Redis end and come back', async () => {
    const figures = await soak({
      seconds: 10,
      clients: 40,
      rate: 100,
      pauseMs: 2000,
      endEveryMs: 1500,
      executionTimeoutMs: 6000,
      spared: 0,
    });
    const accounts = figures.clients.flatMap((group) => group.accounts);
    assert.deepEqual(brokenPromises(figures), [], showFigures(figures, 10));
    assert.equal(figures.published, 1000);
    assert.deepEqual(
      accounts.map(({ delivered }) => delivered),
      Array.from({ length: 40 }, () => 1000),
    );
    // It was disturbed indeed: otherwise it has shown nothing.
    assert.ok((figures.ends['SIGTERM'] ?? 0) > 0 && (figures.ends['SIGKILL'] ?? 0) > 0);
    assert.ok(accounts.some(({ resumed }) => resumed > 0));
  });
});
