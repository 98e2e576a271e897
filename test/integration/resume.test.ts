import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { SetOptions } from '#src/channels/store.js';
import { until } from '../until.js';
import { done, SharedChannels, SharedStore, Stage } from './resume-stage.js';
import { testResume } from './resume-suite.js';

testResume(async (options) => new Stage(new SharedChannels(options)));

it('a session reports no gap of its own messages after a long silence', async () => {
  const quiet = new Stage(new SharedChannels({ maxAgeMs: 30 }));
  await quiet.start();
  const client = quiet.client();
  await client.opened();
  await client.connection.request({ type: 'send', messages: ['kept for 30 ms'] });
  await until(() => client.messages.length === 3);
  let open: (value?: unknown) => void = () => undefined;
  client.mayConnect = new Promise((resolve) => (open = resolve));
  client.cut();
  await client.tells('cut 1006');
  // Forgotten when its time is up and others publish.
  await until(() => {
    void quiet.channels.publish('other', 1);
    return quiet.channels.size === 1;
  });
  open();
  await client.tells('resumed');
  await client.connection.request({ type: 'say', text: 'x' });
  assert.ok(!client.told.includes('gap undefined'), client.told.join());
  client.connection.close();
  await quiet.close();
});

it('a session leaves no subscription behind when it is over', async () => {
  const stage = new Stage(new SharedChannels());
  const { app } = await stage.start();
  const client = stage.client();
  await client.opened();
  await client.connection.request({ type: 'say', text: 'x' });
  client.connection.close();
  await until(() => app.requestsInFlight.length === 0);
  assert.equal(stage.channels.subscribers(`session:${client.secret}`), 0);
  assert.equal(stage.channels.subscribers('room:tea'), 0);
  await stage.close();
});

describe('a message that cannot be claimed', () => {
  let stage: Stage;
  before(async () => {
    stage = new Stage(new SharedChannels());
    await stage.start();
    await stage.start();
  });
  after(() => stage.close());

  it('has one answer to a request that could not be claimed before it was cut off, and was handled elsewhere', async () => {
    let fail: (error: Error) => void = () => undefined;
    const stuck = new Promise<boolean>((_resolve, reject) => (fail = reject));
    const ready = stage.served.length;
    /** A store that does not answer this instance. */
    class Stuck extends SharedStore {
      override get<Value>(key: string): Promise<Value | undefined> {
        return stage.store.get(key);
      }
      override set(key: string, value: unknown, options: SetOptions = {}): Promise<boolean> {
        return options.ifAbsent === true ? stuck : stage.store.set(key, value, options);
      }
    }
    const served = await stage.start({ store: new Stuck() });
    stage.goTo(ready);
    const client = stage.client();
    await client.opened();
    done.gate = Promise.resolve();
    const answer = client.connection.request({ type: 'slow', n: 5 });
    await until(() => served.app.requestsInFlight.length === 1);
    stage.goTo(1);
    client.cut();
    assert.deepEqual(await answer, { n: 5 });
    fail(new Error('the store is away'));
    await until(() => served.app.requestsInFlight.length === 0);
    assert.deepEqual(await client.connection.request({ type: 'say', text: 'after' }), { heard: 'after' });
    await until(() => client.messages.length >= 2);
    assert.deepEqual(client.messages, [{ aside: 5 }, { said: 'after' }]);
    client.connection.close();
  });

  it('rejects a request that could not be claimed', async () => {
    const ready = stage.served.length;
    /** A store that takes sessions, and no claims. */
    class Away extends SharedStore {
      override set(key: string, value: unknown, options: SetOptions = {}): Promise<boolean> {
        return options.ifAbsent === true ? Promise.reject(new Error('away')) : super.set(key, value, options);
      }
    }
    await stage.start({ store: new Away() });
    stage.goTo(ready);
    const client = stage.client();
    await client.opened();
    await assert.rejects(client.connection.request({ type: 'say', text: 'x' }), { code: 'UNAVAILABLE' });
    assert.deepEqual(client.messages, []);
    client.connection.close();
  });
});
