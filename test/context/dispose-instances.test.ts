import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { container } from 'tsyringe';

import { disposeInstances } from '#src/context/dispose-instances.js';

describe('disposeInstances', () => {
  it('disposes each instance once, waits for it, and closes the container', async () => {
    const disposed: number[] = [];
    let made = 0;
    class Part {
      readonly number = ++made;
      async dispose() {
        await new Promise(setImmediate);
        disposed.push(this.number);
      }
    }
    const child = container.createChildContainer();
    for (const _ of [1, 2, 3]) child.resolve(Part);
    await disposeInstances(child);
    assert.deepEqual(disposed, [3, 2, 1]);
    await disposeInstances(child);
    assert.equal(disposed.length, 3);
    assert.throws(() => child.resolve(Part), /disposed/);
  });

  it('tells of every failure, and of a single one as it was', async () => {
    class Failing {
      dispose() {
        throw new Error('no');
      }
    }
    const one = container.createChildContainer();
    one.resolve(Failing);
    await assert.rejects(disposeInstances(one), { name: 'Error', message: 'no' });
    const two = container.createChildContainer();
    for (const _ of [1, 2]) two.resolve(Failing);
    await assert.rejects(disposeInstances(two), {
      name: 'AggregateError',
      message: '2 instances could not be disposed',
    });
  });
});
