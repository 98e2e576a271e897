// Two processes of the sample application and one Redis: what `REDIS_URL=… npm start` gives on two ports.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));
const missing = process.env['CI'] !== 'true' && spawnSync('redis-server', ['--version']).status !== 0;

it('two instances share one room and one order', { skip: missing && 'redis-server is not installed' }, async (t) => {
  const redis = await startRedis();
  const instances = await Promise.all([startInstance(redis.url), startInstance(redis.url)]);
  t.after(async () => {
    await Promise.all(instances.map(({ stop }) => stop()));
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

/** Starts Redis on a free port and gives its URL. */
async function startRedis(): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'sample-app-redis-'));
  const server = spawn('redis-server', ['--port', `${port}`, '--dir', folder, '--save', ''], { stdio: 'ignore' });
  const stop = async () => {
    await end(server);
    rmSync(folder, { recursive: true, force: true });
  };
  await once(server, 'spawn'); // rejects where it is not installed
  while (!(await connects(port))) await wait(10);
  return { url: `redis://127.0.0.1:${port}`, stop };
}

async function startInstance(redisUrl: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await freePort();
  const env = { ...process.env, REDIS_URL: redisUrl, PORT: `${port}`, NODE_ENV: 'production' };
  const instance = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  // Not inherited: where this process is cut by its time-out, the runner would wait for the server's end for ever.
  instance.stderr.pipe(process.stderr);
  for await (const line of createInterface(instance.stdout)) if (line.includes('ready on')) break;
  instance.stdout.resume();
  return { url: `http://127.0.0.1:${port}`, stop: () => end(instance) };
}

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

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.on('connect', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
