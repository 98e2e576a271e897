import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { EarlyMessages } from '#src/functions/early-messages.js';
import { fakeWebSocketContext } from '#src/testing/fake-web-socket-context.js';

describe('EarlyMessages', () => {
  function watched(max = 2) {
    const early = new EarlyMessages(max);
    const context = fakeWebSocketContext();
    early.watch(context.ws);
    return { early, context };
  }

  it('hands over what came, in order and once, when somebody listens', async () => {
    const { early, context } = watched();
    early.take(context, 'a');
    early.take(context, 'b');
    const seen: unknown[] = [];
    context.ws.on('message', ({ data }: { data: unknown }) => seen.push(data));
    await Promise.resolve();
    early.take(context, 'c'); // the connection has told it already
    assert.deepEqual(seen, ['a', 'b']);
    assert.equal(context.ws.listenerCount('newListener'), 0);
  });

  it('is not disturbed by other listeners', async () => {
    const { early, context } = watched();
    context.ws.on('close', () => undefined);
    early.take(context, 'a');
    await Promise.resolve();
    assert.equal(context.ws.listenerCount('newListener'), 1);
  });

  it('keeps nothing when the function has ended', () => {
    const { early, context } = watched();
    early.stop(context.ws);
    for (let count = 0; count < 5; count += 1) early.take(context, 'x');
    early.stop(context.ws);
    assert.equal(context.ws.closed, false);
  });

  it('closes a connection that sends too much to nobody', () => {
    const { early, context } = watched();
    for (const data of ['a', 'b', 'c']) early.take(context, data);
    assert.equal(context.ws.closedWith?.code, 1013);
  });

  it('hands over the rest when a listener throws', async () => {
    const { early, context } = watched();
    early.take(context, 'a');
    early.take(context, 'b');
    const seen: unknown[] = [];
    context.ws.on('message', ({ data }: { data: unknown }) => {
      seen.push(data);
      throw new Error('one fails');
    });
    await Promise.resolve();
    assert.deepEqual(seen, ['a', 'b']);
  });
});
