import assert from 'node:assert/strict';
import { it } from 'node:test';
import { until } from '../until.js';
import { SharedChannels, Stage } from './resume-stage.js';
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
