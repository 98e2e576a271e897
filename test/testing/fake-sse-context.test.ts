import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { HttpContext, SseContext } from '#src/index.js';
import { fakeSseContext } from '#src/testing/index.js';
import { CountController } from './notes.js';

describe('fakeSseContext', () => {
  it('is a real context of an event stream', () => {
    const context = fakeSseContext({ url: '/count?upTo=3' });
    assert.ok(context instanceof SseContext && context instanceof HttpContext);
    assert.equal(context.lastEventId, undefined);
    assert.deepEqual({ ...context.query }, { upTo: '3' });
  });

  it('records what a generator yields', async () => {
    const context = fakeSseContext();
    const events = await context.record(new CountController().count({ upTo: 2 }, context));
    assert.deepEqual(events, [
      { event: 'number', id: 1, data: 1 },
      { event: 'number', id: 2, data: 2 },
    ]);
    assert.equal(context.events, events);
    assert.equal(context.stream.closed, true);
  });

  it('tells a handler what the client saw last, in any script', async () => {
    const context = fakeSseContext({ lastEventId: '2' });
    await context.record(new CountController().count({ upTo: 3 }, context));
    assert.deepEqual(context.events, [{ event: 'number', id: 3, data: 3 }]);
    assert.equal(fakeSseContext({ lastEventId: '第七' }).lastEventId, '第七');
  });

  it('records what a handler sends by hand', () => {
    const context = fakeSseContext();
    assert.equal(context.sse(), context.stream);
    context.sse().send('one');
    assert.deepEqual(context.events, [{ data: 'one' }]);
  });

  it('rejects with what a generator throws', async () => {
    const context = fakeSseContext();
    await assert.rejects(context.record(failing()), /no more/);
    assert.deepEqual(context.events, [{ data: 'one' }]);
  });

  it('ends a generator when the client leaves, and runs its finally', async () => {
    const context = fakeSseContext();
    let ended = false;
    async function* endless() {
      try {
        for (;;) {
          yield 'tick';
          if (context.events.length === 3) context.abort();
        }
      } finally {
        ended = true;
      }
    }
    assert.equal((await context.record(endless())).length, 3);
    assert.deepEqual([ended, context.signal.aborted, context.stream.closed], [true, true, true]);
  });

  it('takes no offence at a generator that throws because the client has left', async () => {
    const context = fakeSseContext();
    async function* watchful() {
      yield 'tick';
      context.abort();
      context.signal.throwIfAborted();
    }
    assert.deepEqual(await context.record(watchful()), [{ data: 'tick' }]);
  });
});

function* failing() {
  yield 'one';
  throw new Error('no more');
}
