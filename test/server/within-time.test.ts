import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HttpError } from '#src/errors/http-error.js';
import { withinTime } from '#src/server/within-time.js';

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

describe('withinTime', () => {
  it('resolves and rejects as the promise does, and leaves no timer', async () => {
    const before = timers();
    assert.equal(await withinTime(Promise.resolve(1), 60_000), 1);
    await assert.rejects(withinTime(Promise.reject(new Error('own')), 60_000), /own/);
    assert.equal(timers(), before);
  });

  it('rejects with 504 when it takes longer', async () => {
    const never = new Promise<never>(() => undefined);
    await assert.rejects(
      withinTime(never, 1),
      (error) => error instanceof HttpError && error.status === 504 && error.code === 'HANDLER_TIMEOUT',
    );
  });

  it('waits without a limit for 0, and is not early for more than a timer can hold', async () => {
    for (const limit of [0, 2 ** 40]) {
      const later = new Promise((resolve) => setTimeout(resolve, 20, 'done'));
      assert.equal(await withinTime(later, limit), 'done');
    }
  });
});
