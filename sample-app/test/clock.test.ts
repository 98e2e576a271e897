import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeSseContext, testApplication } from 'yunction/testing';
import { options } from '../app.js';
import { ClockController } from '../clock/clock.controller.js';

describe('the clock', () => {
  it('tells the time at once and clears its interval when the client leaves', () => {
    const before = runningTimers();
    const context = fakeSseContext();
    new ClockController().tick({ everyMs: 1000 }, context);
    assert.deepEqual(
      context.events.map(({ event }) => event),
      ['tick'],
    );
    assert.equal(runningTimers(), before + 1);
    context.abort();
    assert.equal(runningTimers(), before);
  });

  it('ticks over a real connection', async () => {
    await using application = await testApplication(options);
    const stream = await application.sse('/clock', { query: { everyMs: '10' } });
    const [first, second] = [await stream.next(), await stream.next()];
    assert.ok(first !== undefined && second !== undefined);
    assert.ok(Date.parse(second.data) >= Date.parse(first.data));
  });

  it('does not tick faster than it may', async () => {
    await using application = await testApplication(options);
    await assert.rejects(application.sse('/clock', { query: { everyMs: '1' } }), { status: 400 });
  });
});

function runningTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
