import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Readable } from 'node:stream';
import { openEventSource } from '#src/server/event-source.js';

async function valuesOf(iterable: AsyncIterable<unknown> | Iterable<unknown>): Promise<unknown[]> {
  const source = openEventSource(iterable);
  const values = [];
  for (let step = await source.next(); step.done !== true; step = await source.next()) values.push(step.value);
  return values;
}

describe('openEventSource', () => {
  it('reads everything that can be iterated', async () => {
    const generator = async function* () {
      yield 1;
      yield 2;
    };
    const web = new ReadableStream({
      start(controller) {
        controller.enqueue(1);
        controller.enqueue(2);
        controller.close();
      },
    });
    for (const iterable of [generator(), web, Readable.from([1, 2]), [1, Promise.resolve(2)], new Set([1, 2])]) {
      assert.deepEqual(await valuesOf(iterable), [1, 2]);
    }
  });

  it('ends a source while next() waits: the stream classes too', async () => {
    let cancelled = false;
    const web = openEventSource(new ReadableStream({ cancel: () => void (cancelled = true) }));
    const step = web.next();
    await web.end();
    assert.deepEqual([cancelled, (await step).done], [true, true]);

    const readable = new Readable({ read: () => undefined });
    const source = openEventSource(readable);
    const pending = assert.rejects(source.next(), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
    source.end();
    await pending;
    assert.equal(readable.destroyed, true);
  });

  it('runs a generator’s finally when it is ended early', async () => {
    const ended: string[] = [];
    const slow = async function* () {
      try {
        yield 1;
        yield 2;
      } finally {
        ended.push('async');
      }
    };
    const quick = function* () {
      try {
        yield 1;
      } finally {
        ended.push('sync');
      }
    };
    for (const iterable of [slow(), quick()]) {
      const source = openEventSource(iterable);
      await source.next();
      await source.end();
    }
    assert.deepEqual(ended, ['async', 'sync']);
  });
});
