import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { boundedLimiter } from '#src/security/bounded-limiter.js';

const limiterOf = (points: number, seconds = 60) =>
  new RateLimiterMemory({ points, duration: seconds, keyPrefix: 'test' });
const left = async (limiter: RateLimiterMemory, key: string) => (await limiter.get(key))?.remainingPoints;

describe('counting in memory', () => {
  it('forgets the oldest of too many keys, and no other', async () => {
    const limiter = limiterOf(2);
    const consume = boundedLimiter(limiter, 3);
    for (const key of ['a', 'b', 'c', 'a', 'd']) await consume(key);
    assert.equal(await left(limiter, 'a'), undefined);
    for (const key of ['b', 'c', 'd']) assert.equal(await left(limiter, key), 1, key);
  });

  it('holds no more than that, however many come', async () => {
    const limiter = limiterOf(1);
    const consume = boundedLimiter(limiter, 10);
    for (let index = 0; index < 1000; index += 1) await consume(String(index));
    const held = await Promise.all(Array.from({ length: 1000 }, (_, index) => left(limiter, String(index))));
    assert.equal(held.filter((points) => points !== undefined).length, 10);
  });

  it('refuses as the limiter does', async () => {
    const consume = boundedLimiter(limiterOf(1), 3);
    await consume('a');
    await assert.rejects(consume('a'), { remainingPoints: 0 });
  });
});
