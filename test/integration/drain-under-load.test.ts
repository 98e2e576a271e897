import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { KeepAliveClient, type Tally } from '../fixtures/keep-alive-client.js';
import { startFixture } from '../fixtures/run-process.js';

const CLIENTS = 64;
const RUNS = 3;

/** 64 clients post to the first of two servers, which gets SIGTERM in the middle. */
async function drainOnce(): Promise<{ tally: Tally; before: number; code: number | null }> {
  const env = { PORT: '0', YUNCTION_HOST: '127.0.0.1', ACCESS_LOG: 'false' };
  const [first, second] = [startFixture('load-app', [], { env }), startFixture('load-app', [], { env })];
  const ports = await Promise.all([first.port(), second.port()]);
  const tally: Tally = { answered: 0, lost: 0, serverErrors: 0, wrongAnswers: 0 };
  let goesOn = true;
  const clients = Array.from({ length: CLIENTS }, () => new KeepAliveClient(ports, tally).run(() => goesOn));
  await sleep(700);
  const before = tally.answered;
  first.signal('SIGTERM');
  const { code } = await first.ended;
  await sleep(300); // all of them at the second server now
  goesOn = false;
  await Promise.all(clients);
  second.signal('SIGTERM');
  await second.ended;
  return { tally, before, code };
}

describe('SIGTERM under load', () => {
  it(`loses not one request of ${CLIENTS} keep-alive connections and answers none with 5xx`, async () => {
    for (let run = 0; run < RUNS; run++) {
      const { tally, before, code } = await drainOnce();
      assert.deepEqual({ ...tally, answered: 0 }, { answered: 0, lost: 0, serverErrors: 0, wrongAnswers: 0 });
      assert.equal(code, 0);
      assert.ok(before >= CLIENTS, `the load was on: ${before} answers before SIGTERM`);
      assert.ok(tally.answered > before + CLIENTS, 'the clients went on at the second server');
    }
  });
});
