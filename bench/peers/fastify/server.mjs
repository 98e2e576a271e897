// Fastify: JSON Schema for input and output, official plugins for the rest.
import multipart from '@fastify/multipart';
import sse from '@fastify/sse';
import websocket from '@fastify/websocket';
import Fastify from 'fastify';
import { isSay, problems } from '../ajv.mjs';
import { receipt } from '../receipt.mjs';
import { orderSchema, pathSchema, querySchema, saySchema } from '../schemas.mjs';

const string = { type: 'string' };
const number = { type: 'number' };
const answers = (status, properties) => ({ [status]: { type: 'object', properties } });

const app = Fastify();
await app.register(multipart);
await app.register(sse);
await app.register(websocket);

app.get('/hello', { schema: { response: answers(200, { hello: string }) } }, async () => ({ hello: 'world' }));

app.get(
  '/orders/:id/lines',
  {
    schema: {
      params: pathSchema,
      querystring: querySchema,
      response: answers(200, { id: number, page: number, limit: number, detailed: { type: 'boolean' } }),
    },
  },
  async ({ params, query }) => ({
    id: params.id,
    page: query.page,
    limit: query.limit,
    detailed: query.detailed,
  }),
);

app.post(
  '/orders',
  { schema: { body: orderSchema, response: answers(201, { customer: string, lines: number, total: number }) } },
  async (request, reply) => {
    reply.code(201);
    return receipt(request.body);
  },
);

app.post(
  '/uploads',
  { schema: { response: answers(201, { size: number, filename: string, note: string }) } },
  async (request, reply) => {
    const file = await request.file();
    const bytes = await file.toBuffer();
    reply.code(201);
    return { size: bytes.length, filename: file.filename, note: file.fields.note.value };
  },
);

app.get('/sse/count', { sse: 'only' }, async (request, reply) => {
  async function* events() {
    for (let index = 0; index < Number(request.query.count); index++) {
      yield { id: String(index), data: { index, text: 'token' } };
    }
  }
  await reply.sse.send(events());
});

const listeners = new Set();
app.get('/sse/room', { sse: 'only' }, async (_request, reply) => {
  reply.sse.keepAlive();
  reply.sse.sendHeaders();
  reply.raw.flushHeaders();
  listeners.add(reply);
  reply.sse.onClose(() => listeners.delete(reply));
});
app.post('/sse/room', { schema: { body: saySchema } }, async (request, reply) => {
  const data = { text: request.body.text };
  for (const listener of listeners) listener.sse.send({ data }).catch(() => listeners.delete(listener));
  return reply.code(202).send();
});

app.get('/ws/echo', { websocket: true }, (socket) => {
  socket.on('message', (data) => {
    const message = JSON.parse(data.toString());
    socket.send(JSON.stringify(isSay(message) ? { text: message.text } : { errors: problems(isSay) }));
  });
});

const members = new Set();
app.get('/ws/room', { websocket: true }, (socket) => {
  members.add(socket);
  socket.on('close', () => members.delete(socket));
  socket.on('message', (data) => {
    const message = JSON.parse(data.toString());
    if (!isSay(message)) return socket.send(JSON.stringify({ errors: problems(isSay) }));
    const text = JSON.stringify({ text: message.text });
    for (const member of members) member.send(text);
  });
});

await app.listen({ port: Number(process.env.PORT), host: '0.0.0.0' });
