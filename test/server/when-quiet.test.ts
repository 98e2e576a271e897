import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { whenQuiet } from '#src/server/when-quiet.js';

describe('whenQuiet', () => {
  it('acts again and again while nothing comes in', async () => {
    let acted = 0;
    const stop = whenQuiet(
      50,
      () => 0,
      () => (acted += 1),
    );
    while (acted < 2) await sleep(5);
    stop();
    const last = acted;
    await sleep(150);
    assert.equal(acted, last);
  });

  it('waits as long as requests come in', async () => {
    let received = 0;
    let acted = 0;
    const stop = whenQuiet(
      500,
      () => received,
      () => (acted += 1),
    );
    for (let index = 0; index < 40; index += 1) {
      received += 1;
      await sleep(20);
    }
    assert.equal(acted, 0);
    while (acted === 0) await sleep(20);
    stop();
  });

  it('takes a look that comes late for no sign of quiet', async () => {
    let acted = 0;
    const stop = whenQuiet(
      200,
      () => 0,
      () => (acted += 1),
    );
    for (let index = 0; index < 3; index += 1) {
      const end = performance.now() + 150;
      while (performance.now() < end); // the process does not get to its timers
      await sleep(1);
    }
    assert.equal(acted, 0);
    while (acted === 0) await sleep(5);
    stop();
  });
});
