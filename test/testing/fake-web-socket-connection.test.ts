import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { FakeWebSocketConnection, testApplication } from '#src/testing/index.js';
import { RoomController } from './notes.js';

describe('FakeWebSocketConnection', () => {
  it('records messages as they were given', () => {
    const ws = new FakeWebSocketConnection();
    const [object, bytes] = [{ a: 1 }, Buffer.from('b')];
    for (const message of ['text', object, bytes, undefined]) ws.send(message);
    assert.equal(ws.sent[1], object);
    assert.deepEqual(ws.sent, ['text', object, bytes, undefined]);
  });

  it('refuses a message that JSON cannot hold', () => {
    const ws = new FakeWebSocketConnection();
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    assert.throws(() => ws.send(cycle), TypeError);
    assert.throws(() => ws.send({ big: 1n }), TypeError);
    assert.deepEqual(ws.sent, []);
  });

  it('knows which channels it is in, and what was sent to any', async () => {
    const ws = new FakeWebSocketConnection();
    await ws.join('tea');
    await ws.join('cake');
    ws.leave('cake');
    await ws.to('tea').send({ text: 'hello' });
    assert.deepEqual([...ws.joined], ['tea']);
    assert.deepEqual(ws.published, [{ channel: 'tea', message: { text: 'hello' } }]);
    assert.deepEqual(ws.sent, []);
  });

  it('emits what a test wants it to', () => {
    const ws = new FakeWebSocketConnection();
    const heard: unknown[] = [];
    ws.on('message', (message) => heard.push(message));
    ws.emit('message', { type: 'message', data: 'hello' });
    assert.deepEqual(heard, [{ type: 'message', data: 'hello' }]);
  });

  it('is closed once, and does nothing after that', async () => {
    let told = 0;
    const ws = new FakeWebSocketConnection(() => (told += 1));
    const heard: unknown[] = [];
    ws.on('close', (event) => heard.push(event));
    await ws.join('tea');
    ws.ping();
    ws.close(4000, 'enough');
    ws.close();
    ws.cut();
    ws.ping();
    ws.send('late');
    await ws.join('cake');
    assert.deepEqual(ws.closedWith, { code: 4000, reason: 'enough' });
    assert.deepEqual(heard, [{ type: 'close', code: 4000, reason: 'enough', wasClean: true }]);
    assert.deepEqual([ws.closed, ws.pings, ws.sent.length, ws.joined.size, told], [true, 1, 0, 0, 1]);
  });

  it('closes with 1000 and no reason where nothing is said', () => {
    const ws = new FakeWebSocketConnection();
    ws.close();
    assert.deepEqual(ws.closedWith, { code: 1000, reason: '' });
  });

  it('refuses a reason that does not fit into a close frame', () => {
    const ws = new FakeWebSocketConnection();
    assert.throws(() => ws.close(1000, 'ä'.repeat(62)), RangeError);
    assert.equal(ws.closedWith, undefined);
    ws.close(1000, `${'ä'.repeat(61)}.`);
    assert.equal(ws.closed, true);
  });

  it('refuses the close codes that a real connection refuses, and no others', async () => {
    await using application = await testApplication({ controllers: [RoomController] });
    const codes = [999, 1000, 1003, 1004, 1005, 1006, 1007, 1014, 1015, 2999, 3000, 4999, 5000, 1000.5, -1];
    for (const code of codes) {
      const socket = await application.webSocket('/rooms/tea');
      await socket.next();
      socket.send({ type: 'close', code, reason: 'as told' });
      const real = await Promise.race([socket.closed, socket.next().catch(() => socket.closed)]);
      assert.deepEqual(real, refuses(code) ? { refused: true } : { code, reason: 'as told' }, `code ${code}`);
    }
  });
});

function refuses(code: number): boolean {
  try {
    new FakeWebSocketConnection().close(code, 'as told');
    return false;
  } catch (error) {
    assert.ok(error instanceof RangeError);
    return true;
  }
}
