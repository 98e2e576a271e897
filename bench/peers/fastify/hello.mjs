import Fastify from 'fastify';

const app = Fastify();
app.get(
  '/hello',
  { schema: { response: { 200: { type: 'object', properties: { hello: { type: 'string' } } } } } },
  async () => ({ hello: 'world' }),
);
await app.listen({ port: Number(process.env.PORT), host: '0.0.0.0' });
