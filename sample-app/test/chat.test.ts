import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CloseEvent, MemoryChannels, MemoryStore } from 'yunction';
import { fakeWebSocketContext, type TestApplication, testApplication } from 'yunction/testing';
import { options } from '../app.js';
import { ChatController } from '../chat/chat.controller.js';
import { Rooms } from '../chat/rooms.js';
import { Tickets } from '../chat/tickets.js';

async function ticketFor(application: TestApplication, name: string): Promise<string> {
  const answer = await application.request('POST', '/chat/tickets', { json: { name } });
  assert.equal(answer.status, 201);
  return answer.json<{ ticket: string }>().ticket;
}

/** Joins a room and reads what everybody gets first. */
async function join(application: TestApplication, name: string) {
  const ticket = await ticketFor(application, name);
  const socket = await application.webSocket('/chat/rooms/bar', { query: { ticket } });
  const welcome = await socket.next<{ members: string[] }>();
  assert.deepEqual(await socket.next(), { type: 'joined', name });
  return { socket, members: welcome.members };
}

describe('Tickets', () => {
  it('are good once', async () => {
    const tickets = new Tickets(new MemoryStore());
    const ticket = await tickets.issue('Ada');
    assert.equal(await tickets.redeem(ticket), 'Ada');
    assert.equal(await tickets.redeem(ticket), undefined);
    assert.equal(await tickets.redeem('invented'), undefined);
  });

  it('are good for 30 seconds', async (t) => {
    t.mock.timers.enable({ apis: ['Date'] });
    const tickets = new Tickets(new MemoryStore());
    const [early, late] = [await tickets.issue('Ada'), await tickets.issue('Ben')];
    t.mock.timers.tick(29_999);
    assert.equal(await tickets.redeem(early), 'Ada');
    t.mock.timers.tick(1);
    assert.equal(await tickets.redeem(late), undefined);
  });
});

describe('ChatController', () => {
  it('joins the channel, greets, and tells the room who came and who left', async () => {
    const controller = new ChatController(new Tickets(new MemoryStore()), new Rooms(new MemoryChannels()));
    const context = fakeWebSocketContext({ state: { seat: { room: 'bar', name: 'Ada' } } });

    await controller.joined(undefined, context);
    assert.deepEqual([...context.ws.joined], ['bar']);
    assert.deepEqual(context.ws.sent, [{ type: 'welcome', room: 'bar', members: ['Ada'] }]);
    assert.deepEqual(await controller.who(undefined, context), ['Ada']);

    await controller.left(new CloseEvent(1000, '', true), context);
    assert.deepEqual(await controller.who(undefined, context), []);
    assert.deepEqual(context.ws.published, [
      { channel: 'bar', message: { type: 'joined', name: 'Ada' } },
      { channel: 'bar', message: { type: 'left', name: 'Ada' } },
    ]);
  });

  it('tells of one who is cut off and comes back, also where the new connection is there before the old one is lost', async () => {
    const controller = new ChatController(new Tickets(new MemoryStore()), new Rooms(new MemoryChannels()));
    const seat = { room: 'bar', name: 'Ada' };
    const [old, resumed] = [fakeWebSocketContext({ state: { seat } }), fakeWebSocketContext({ state: { seat } })];
    resumed.ws.resumed = true;
    const cut = new CloseEvent(1006, '', false);

    await controller.joined(undefined, old);
    await controller.joined(undefined, resumed);
    await controller.left(cut, old);
    await controller.left(cut, resumed);
    assert.deepEqual(resumed.ws.sent, [], 'it was welcomed before');
    assert.deepEqual(
      [...old.ws.published, ...resumed.ws.published].map(({ message }) => (message as { type: string }).type),
      ['joined', 'back', 'away'],
    );
  });
});

describe('the chat', () => {
  it('lets people talk in a room', async () => {
    await using application = await testApplication(options);
    const ada = await join(application, 'Ada');
    assert.deepEqual(ada.members, ['Ada']);
    const ben = await join(application, 'Ben');
    assert.deepEqual(ben.members, ['Ada', 'Ben']);
    assert.deepEqual(await ada.socket.next(), { type: 'joined', name: 'Ben' });

    ben.socket.send({ type: 'typing' });
    ben.socket.send({ type: 'say', text: 'hello' });
    assert.deepEqual(await ada.socket.next(), { type: 'typing', name: 'Ben' });
    assert.deepEqual(await ada.socket.next(), { type: 'said', name: 'Ben', text: 'hello' });
    assert.deepEqual(await ada.socket.request({ type: 'who' }), ['Ada', 'Ben']);

    ben.socket.close();
    assert.deepEqual(await ada.socket.next(), { type: 'left', name: 'Ben' });
    assert.deepEqual(await ada.socket.request({ type: 'who' }), ['Ada']);
  });

  it('answers a message that breaks a rule and goes on', async () => {
    await using application = await testApplication(options);
    const { socket } = await join(application, 'Ada');
    socket.send({ type: 'say', text: '' });
    const { error } = await socket.next<{ error: { code: string; errors: { path: string }[] } }>();
    assert.equal(error.code, 'VALIDATION_FAILED');
    assert.equal(error.errors[0]?.path, 'text');
    socket.send({ type: 'say', text: 'again' });
    assert.deepEqual(await socket.next(), { type: 'said', name: 'Ada', text: 'again' });
  });

  it('lets nobody in without a fresh ticket, or into a room with an odd name', async () => {
    await using application = await testApplication(options);
    const ticket = await ticketFor(application, 'Ada');
    await assert.rejects(application.webSocket('/chat/rooms/a%20b', { query: { ticket } }), { status: 400 });
    await assert.rejects(application.webSocket('/chat/rooms/bar'), { status: 400 });
    const socket = await application.webSocket('/chat/rooms/bar', { query: { ticket } });
    await socket.next();
    await assert.rejects(application.webSocket('/chat/rooms/bar', { query: { ticket } }), { status: 403 });
  });
});
