// Hono on Node: its zod validator, its streaming and WebSocket helpers.
import { serve, upgradeWebSocket } from '@hono/node-server';
import { zValidator } from '@hono/zod-validator';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { receipt } from '../receipt.mjs';

const Order = z.object({
  customer: z.object({ name: z.string().min(1).max(100), email: z.email() }),
  priority: z.enum(['low', 'normal', 'high']),
  createdAt: z.iso.datetime(),
  note: z.string().max(500).optional(),
  lines: z
    .array(
      z.object({
        sku: z.string().regex(/^[A-Z]{2}-\d{4}$/),
        quantity: z.int().min(1).max(999),
        price: z.number().min(0),
        note: z.string().max(200).optional(),
      }),
    )
    .min(1)
    .max(100),
});
const Path = z.object({ id: z.coerce.number().int().min(1) });
const Query = z.object({
  page: z.coerce.number().int().min(1),
  limit: z.coerce.number().int().min(1).max(100),
  detailed: z.stringbool().optional(),
});
const Say = z.object({ text: z.string().min(1).max(500) });

const app = new Hono();

app.get('/hello', (c) => c.json({ hello: 'world' }));

app.get('/orders/:id/lines', zValidator('param', Path), zValidator('query', Query), (c) =>
  c.json({ ...c.req.valid('param'), ...c.req.valid('query') }),
);

app.post('/orders', zValidator('json', Order), (c) => c.json(receipt(c.req.valid('json')), 201));

app.post('/uploads', async (c) => {
  const { file, note } = await c.req.parseBody();
  const bytes = await file.arrayBuffer();
  return c.json({ size: bytes.byteLength, filename: file.name, note }, 201);
});

app.get('/sse/count', (c) =>
  streamSSE(c, async (stream) => {
    for (let index = 0; index < Number(c.req.query('count')); index++) {
      await stream.writeSSE({ id: String(index), data: JSON.stringify({ index, text: 'token' }) });
    }
  }),
);

const listeners = new Set();
app.get('/sse/room', (c) =>
  streamSSE(c, async (stream) => {
    listeners.add(stream);
    await new Promise((resolve) => stream.onAbort(resolve));
    listeners.delete(stream);
  }),
);
app.post('/sse/room', zValidator('json', Say), (c) => {
  const data = JSON.stringify({ text: c.req.valid('json').text });
  for (const stream of listeners) void stream.writeSSE({ data });
  return c.body(null, 202);
});

app.get(
  '/ws/echo',
  upgradeWebSocket(() => ({
    onMessage(event, ws) {
      const { success, data } = Say.safeParse(JSON.parse(event.data));
      ws.send(JSON.stringify(success ? { text: data.text } : { error: 'text is missing' }));
    },
  })),
);

const members = new Set();
app.get(
  '/ws/room',
  upgradeWebSocket(() => ({
    onOpen: (_event, ws) => members.add(ws),
    onClose: (_event, ws) => members.delete(ws),
    onMessage(event, ws) {
      const { success, data } = Say.safeParse(JSON.parse(event.data));
      if (!success) return ws.send(JSON.stringify({ error: 'text is missing' }));
      const text = JSON.stringify({ text: data.text });
      for (const member of members) member.send(text);
    },
  })),
);

serve({
  fetch: app.fetch,
  port: Number(process.env.PORT),
  hostname: '0.0.0.0',
  websocket: { server: new WebSocketServer({ noServer: true }) },
});
