import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { request } from 'undici';

import { until } from '../until.js';
import { connect } from './connect.js';
import { serveProject } from './serve-project.js';

const FUNCTION = `
const waiting = (globalThis.waitingFunctions = []);
exports.main = (event, context) => {
  if (context.ws) return undefined;
  const { url } = context.httpContext;
  if (url.endsWith('/sse')) { const s = context.sse(); s.send({ data: 'open' }); return 'returned'; }
  if (url.endsWith('/wait')) return new Promise((resolve) => waiting.push(resolve));
  return 'ok';
};
exports.main.handleUpgrade = () => ({ allowWebSocket: true });
`;
const waiting = () => (globalThis as { waitingFunctions?: (() => void)[] }).waitingFunctions ?? [];

describe('isOverLimit', () => {
  it('counts requests, event streams and WebSockets for as long as they are open, and none after', async () => {
    const served = await serveProject({ 'index.js': FUNCTION }, { concurrencyLimit: 3 });
    const ask = async () => {
      const response = await request(`${served.url}/`);
      return { status: response.statusCode, after: response.headers['retry-after'], body: await response.body.text() };
    };
    const stream = await request(`${served.url}/sse`);
    const socket = await connect(`${served.url}/`);
    const slow = request(`${served.url}/wait`);
    await until(() => waiting().length === 1);

    const refused = await ask();
    assert.deepEqual([refused.status, refused.after], [429, '1']);
    const { code, message } = JSON.parse(refused.body) as { code: string; message: string };
    assert.deepEqual([code, message], ['TOO_MANY_REQUESTS', 'Too Many Requests.']);
    await assert.rejects(connect(`${served.url}/`), /^Error: 429/);

    waiting()[0]?.();
    assert.equal((await slow).statusCode, 204);
    assert.equal((await ask()).status, 200);
    const second = await connect(`${served.url}/`);
    assert.equal((await ask()).status, 429);
    for (const each of [socket, second]) {
      each.close();
      await each.closed;
    }
    stream.body.once('error', () => undefined).destroy();
    let status = 429;
    while (status === 429) ({ status } = await ask());
    assert.equal(status, 200);
    await served.close();
  });

  it('is off at 0', async () => {
    const served = await serveProject({ 'index.js': FUNCTION }, { concurrencyLimit: 0 });
    assert.equal((await request(`${served.url}/`)).statusCode, 200);
    await served.close();
  });
});
