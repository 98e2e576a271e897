// What node:http, ws and ioredis do by themselves: the same feed to the same clients, with nothing of Yunction. What the
// memory of this grows by is the noise in which the growth of an instance is looked for. It keeps no promise.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Redis } from 'ioredis';
import { type WebSocket, WebSocketServer } from 'ws';
import { memoryNow, writeSnapshot } from './memory-now.js';

type Fields = [name: string, value: string];
type Entry = [id: string, fields: Fields];

const timeMs = Number(process.env['EXECUTION_TIMEOUT_MS']);
const url = process.env['REDIS_URL'] ?? '';
const options = { protocol: 2, replyMapping: 'legacy', retryStrategy: () => 200, maxRetriesPerRequest: 0 } as const;
const commands = new Redis(url, options);
const reading = new Redis(url, options);
for (const client of [commands, reading]) client.on('error', () => undefined);

const streams = new Set<ServerResponse>();
const sockets = new Set<WebSocket>();

async function deliver(): Promise<void> {
  for (let last = '$'; ; ) {
    try {
      const answer = await reading.call('XREAD', 'COUNT', 256, 'BLOCK', 5000, 'STREAMS', 'bare', last);
      for (const [id, [, data]] of (answer as [string, Entry[]][] | null)?.[0]?.[1] ?? []) {
        last = id;
        for (const stream of streams) stream.write(eventOf(id, data));
        for (const socket of sockets) socket.send(data);
      }
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100)); // Redis is away
    }
  }
}

function eventOf(id: string, data: string): string {
  return `id: ${id}\ndata: ${data}\n\n`;
}

async function follow(request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' }).flushHeaders();
  const timer = setTimeout(() => response.end('retry: 500\n\n'), timeMs * 0.9);
  response.on('close', () => {
    clearTimeout(timer);
    streams.delete(response);
  });
  const after = String(request.headers['last-event-id'] ?? '0-0');
  const missed = (await commands.call('XRANGE', 'bare', `(${after}`, '+', 'COUNT', 1000).catch(() => [])) as Entry[];
  for (const [id, [, data]] of missed) response.write(eventOf(id, data));
  if (!response.destroyed) streams.add(response);
}

async function publish(request: IncomingMessage): Promise<object> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  const { numbers } = JSON.parse(body) as { numbers: number[] };
  const add = async (number: number) => {
    try {
      const data = JSON.stringify({ number });
      await commands.call('XADD', 'bare', 'MAXLEN', '~', 10_000, `${number}-1`, 'd', data);
      return 'there';
    } catch (error) {
      return /equal or smaller/.test(String(error)) ? 'there' : 'open';
    }
  };
  return { outcomes: await Promise.all(numbers.map(add)) };
}

function converse(socket: WebSocket): void {
  sockets.add(socket);
  const timer = setTimeout(() => socket.close(1012), timeMs * 0.9);
  socket.on('error', () => socket.terminate());
  socket.on('close', () => {
    clearTimeout(timer);
    sockets.delete(socket);
  });
  socket.on('message', (frame: Buffer) => {
    const { id, question } = JSON.parse(frame.toString()) as { id: number; question: string };
    const answer = (handled: unknown) => socket.send(JSON.stringify({ id, result: { handled } }));
    commands.call('INCR', `bare:${question}`).then(answer, () => answer(1));
  });
}

async function answer(request: IncomingMessage): Promise<object> {
  if (request.url === '/memory') return memoryNow();
  if (request.url === '/snapshot') return { file: writeSnapshot() };
  return publish(request);
}

const server = createServer((request, response) => {
  if (request.method === 'GET' && request.url === '/feed') {
    void follow(request, response);
    return;
  }
  const fail = () => response.writeHead(503).end();
  answer(request).then(
    (result) => response.setHeader('Content-Type', 'application/json').end(JSON.stringify(result)),
    fail,
  );
});
const upgrades = new WebSocketServer({ noServer: true, clientTracking: false });
server.on('upgrade', (request, socket, head) => upgrades.handleUpgrade(request, socket, head, converse));
process.on('SIGTERM', () => {
  for (const socket of sockets) socket.close(1012);
  process.exit(0);
});
void deliver();
server.listen(Number(process.env['PORT']), '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`ready on http://127.0.0.1:${process.env['PORT']}\n`);
