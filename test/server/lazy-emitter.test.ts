import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { LazyEmitter } from '#src/server/lazy-emitter.js';

class Quiet extends LazyEmitter {
  name = 'quiet';
}

describe('LazyEmitter', () => {
  it('holds nothing of its own until somebody listens', () => {
    const quiet = new Quiet();
    assert.deepEqual(Reflect.ownKeys(quiet), ['name']);
    assert.equal(quiet.listenerCount('event'), 0);
    assert.equal(quiet.emit('event'), false);
    quiet.off('event', () => undefined);
    assert.deepEqual(Reflect.ownKeys(quiet), ['name']);
  });

  it('is an EventEmitter in every way, each with its own listeners', () => {
    const [first, second] = [new Quiet(), new Quiet()];
    const heard: unknown[] = [];
    first.on('event', (value) => heard.push(value)).once('event', () => heard.push('once'));
    assert.ok(first instanceof EventEmitter && first instanceof Quiet);
    assert.deepEqual([first.emit('event', 1), first.emit('event', 2), second.emit('event', 3)], [true, true, false]);
    assert.deepEqual(heard, [1, 'once', 2]);
    assert.throws(() => second.emit('error', new Error('unheard')), /unheard/);
    assert.deepEqual(first.removeAllListeners().eventNames(), []);
  });
});
