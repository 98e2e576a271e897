// Two processes of the sample application and one Redis: what `REDIS_URL=… npm start` gives on two ports.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { startInstance, startRedis, withoutRedis } from './instances.js';

it('two instances share one room and one order', { skip: withoutRedis }, async (t) => {
  const redis = await startRedis();
  const instances = await Promise.all([startInstance(redis.url), startInstance(redis.url)]);
  t.after(async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    await redis.stop();
  });
  const [one, two] = instances.map(({ url }) => url) as [string, string]; // two were started

  // The ticket of one instance lets in at the other.
  const ada = await enter(one, await ticket(two, 'Ada'));
  assert.deepEqual(await ada.next(), { type: 'welcome', room: 'bar', members: ['Ada'] });
  assert.deepEqual(await ada.next(), { type: 'joined', name: 'Ada' });
  const ben = await enter(two, await ticket(one, 'Ben'));
  assert.deepEqual(await ben.next(), { type: 'welcome', room: 'bar', members: ['Ada', 'Ben'] });
  assert.deepEqual(await ben.next(), { type: 'joined', name: 'Ben' });
  assert.deepEqual(await ada.next(), { type: 'joined', name: 'Ben' });

  for (let index = 0; index < 20; index += 1) {
    const [speaker, name] = index % 2 === 0 ? [ada, 'Ada'] : [ben, 'Ben'];
    speaker.send({ type: 'say', text: `${index}` });
    for (const listener of [ada, ben])
      assert.deepEqual(await listener.next(), { type: 'said', name, text: `${index}` });
  }

  const placed = await fetch(`${one}/orders`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', lines: [{ sku: 'espresso', quantity: 1 }] }),
  });
  const { id } = (await placed.json()) as { id: number };
  const progress = await (await fetch(`${two}/orders/${id}/progress`)).text();
  assert.deepEqual(
    [...progress.matchAll(/^id: ?(\d+)$/gm)].map(([, seq]) => seq),
    ['1', '2', '3', '4', '5'],
  );

  ben.close();
  assert.deepEqual(await ada.next(), { type: 'left', name: 'Ben' });
  ada.close();
});

async function ticket(url: string, name: string): Promise<string> {
  const answer = await fetch(`${url}/chat/tickets`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  return ((await answer.json()) as { ticket: string }).ticket;
}

/** A socket in the room, and its messages one by one. */
async function enter(url: string, admission: string) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/chat/rooms/bar?ticket=${admission}`);
  const messages: unknown[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString())));
  await once(socket, 'open');
  return {
    send: (message: unknown) => socket.send(JSON.stringify(message)),
    close: () => socket.close(),
    next: async () => {
      while (messages.length === 0) await wait(5);
      return messages.shift();
    },
  };
}
