// Requests and answers: hello, path and query, an order, an invalid order, an upload.
import { ask } from '../load/ask.mjs';
import { REQUESTS } from './requests.mjs';
import { throughput } from './throughput.mjs';

const CONNECTIONS = 32;

export const HTTP_SCENARIOS = [
  { name: 'hello', title: 'GET hello, JSON' },
  { name: 'query', title: 'GET with path and query, validated', also: REQUESTS.queryInvalid },
  { name: 'order', title: 'POST an order of 10 lines, validated' },
  { name: 'invalid', title: 'POST an invalid order: 400 with the mistakes' },
  { name: 'upload', title: 'POST a multipart upload of 64 KiB' },
].map(({ name, title, also }) => ({
  name,
  title,
  unit: 'request',
  run: (bench) => throughput(httpScenario(name, also), bench),
}));

function httpScenario(name, also) {
  const { bytes, status } = REQUESTS[name];
  const message = bytes.toString('base64');
  return {
    name,
    async check(server) {
      await ask(server.port, REQUESTS[name]);
      if (also !== undefined) await ask(server.port, also);
    },
    async work({ port }, _peer, load, count) {
      const { seconds } = await load.run('http', { port, bytes: message, status, connections: CONNECTIONS, count });
      return { units: count, seconds };
    },
  };
}
