// The same handler on Fastify, with its usual close on SIGTERM.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const require = createRequire(new URL('../../../bench/package.json', import.meta.url));
const fastify = require('fastify');

async function work({ number }) {
  await sleep(5 + Math.random() * 10);
  return { number };
}

const app = fastify();
app.post('/work', (request) => work(request.body));
const url = await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`ready on ${url}\n`);
process.once('SIGTERM', async () => {
  await app.close();
  process.exit(0);
});
