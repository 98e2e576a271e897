import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createApplication } from '#src/application.js';
import { MemoryStore } from '#src/channels/memory-store.js';
import { Store } from '#src/channels/store.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';

@Controller()
class Counter {
  constructor(readonly store: Store) {}
  @Http('POST', '/')
  count(): Promise<number> {
    return this.store.increment('visits');
  }
}

/** A store of a user's own, of which nothing has to be opened. */
class OwnStore extends Store {
  closed = 0;
  readonly #values = new Map<string, unknown>();
  async get<Value>(key: string): Promise<Value | undefined> {
    // Whoever asks says what it was set to.
    return this.#values.get(key) as Value | undefined;
  }
  async set(key: string, value: unknown): Promise<boolean> {
    this.#values.set(key, value);
    return true;
  }
  async delete(key: string): Promise<boolean> {
    return this.#values.delete(key);
  }
  async increment(key: string): Promise<number> {
    const sum = Number(this.#values.get(key) ?? 0) + 1;
    this.#values.set(key, sum);
    return sum;
  }
  async close(): Promise<void> {
    this.closed += 1;
  }
}

describe('Store', () => {
  it('is the token by which the store is injected: in memory unless the application is given another', async () => {
    const application = createApplication({ controllers: [Counter] }, {});
    assert.ok(application.resolve(Counter).store instanceof MemoryStore);
    await application.close();
  });

  it('may be one of a user’s own, ready without being opened, and closed with the application', async () => {
    const store = new OwnStore();
    const application = createApplication({ controllers: [Counter], store, port: 0 }, {});
    await application.listen();
    assert.equal(store.state, 'ready');
    await store.open();
    assert.equal(await application.resolve(Counter).count(), 1);
    assert.equal(await store.get('visits'), 1);
    await application.close();
    assert.equal(store.closed, 1);
  });
});
