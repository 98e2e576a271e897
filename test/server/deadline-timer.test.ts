import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HttpContext, setDeadline } from '#src/context/http-context.js';
import { startDeadlineTimer } from '#src/server/deadline-timer.js';
import { recordInto } from '../serve.js';

function contextUntil(deadline: number): HttpContext {
  const settings = { log: recordInto([]), requestIdHeaders: [], trustProxy: false, extendedContextKey: '' };
  const context = new HttpContext({ headers: {} }, {}, settings);
  setDeadline(context, deadline);
  return context;
}

describe('startDeadlineTimer', () => {
  it('starts none where nothing cuts the connection', () => {
    assert.equal(startDeadlineTimer(contextUntil(Number.POSITIVE_INFINITY), assert.fail), undefined);
  });

  it('fires a tenth of the time before, 2 seconds at most', (test) => {
    test.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const fired: number[] = [];
    for (const left of [1000, 60_000]) startDeadlineTimer(contextUntil(Date.now() + left), () => fired.push(left));
    test.mock.timers.tick(899);
    assert.deepEqual(fired, []);
    test.mock.timers.tick(1);
    assert.deepEqual(fired, [1000]);
    test.mock.timers.tick(57_099);
    assert.deepEqual(fired, [1000]);
    test.mock.timers.tick(1);
    assert.deepEqual(fired, [1000, 60_000]);
  });

  it('does not fire at once for a time that no timer can hold', async () => {
    let fired = false;
    const timer = startDeadlineTimer(contextUntil(Date.now() + 2 ** 40), () => (fired = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    clearTimeout(timer);
    assert.equal(fired, false);
  });
});
