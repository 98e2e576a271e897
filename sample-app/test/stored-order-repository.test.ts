import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryChannels, MemoryStore } from 'yunction';
import { StoredOrderRepository } from '../orders/stored-order-repository.js';
import { STEPS } from '../orders/order-repository.js';

const COFFEE = { email: 'ada@example.com', lines: [{ sku: 'espresso' as const, quantity: 3 }] };
const NEVER = new AbortController().signal;

describe('StoredOrderRepository', () => {
  it('delivers every order, step by step, to all who watch', async () => {
    const repository = repositoryOf(1);
    const { id, cents } = await repository.add(COFFEE);
    assert.equal(cents, 660);
    assert.deepEqual(await Promise.all([namesOf(repository, id, 0), namesOf(repository, id, 3)]), [
      [...STEPS],
      STEPS.slice(3),
    ]);
    assert.deepEqual(await namesOf(repository, id, STEPS.length), [], 'a delivered order has no more to say');
  });

  it('stops waiting when the signal aborts', async () => {
    const repository = repositoryOf(60_000);
    const { id } = await repository.add(COFFEE);
    const leaving = new AbortController();
    const steps = repository.watch(id, 1, leaving.signal);
    const next = steps.next();
    leaving.abort();
    assert.equal((await next).done, true);
    repository.dispose();
  });

  it('leaves no timer behind', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const repository = repositoryOf(10);
    const order = await repository.add(COFFEE);
    t.mock.timers.tick(10);
    assert.equal(order.steps.length, 2);
    repository.dispose();
    t.mock.timers.tick(100);
    assert.equal(order.steps.length, 2);
  });

  it('goes on where the instance that began it is gone, by one who watches', async () => {
    const [store, channels] = [new MemoryStore(), new MemoryChannels()];
    const gone = new StoredOrderRepository(1, store, channels);
    const { id } = await gone.add(COFFEE);
    gone.dispose();
    const other = new StoredOrderRepository(1, store, channels);
    assert.deepEqual(await namesOf(other, id, 0), [...STEPS]);
    other.dispose();
  });

  it('lists the newest first, a page at a time', async () => {
    const repository = repositoryOf(60_000);
    for (let count = 0; count < 5; count += 1) await repository.add(COFFEE);
    const { items, total } = await repository.list(2, 2);
    assert.deepEqual(
      items.map(({ id }) => id),
      [3, 2],
    );
    assert.equal(total, 5);
    repository.dispose();
  });
});

async function namesOf(repository: StoredOrderRepository, id: number, seen: number): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of repository.watch(id, seen, NEVER)) names.push(name);
  return names;
}

function repositoryOf(stepMs: number): StoredOrderRepository {
  return new StoredOrderRepository(stepMs, new MemoryStore(), new MemoryChannels());
}
