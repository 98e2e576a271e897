import {
  CloseEvent,
  Controller,
  Http,
  HttpContext,
  HttpError,
  UpgradeContext,
  WebSocket,
  WebSocketContext,
} from 'yunction';
import { AskTicket, JoinRoom, Say } from './chat.events.js';
import { Rooms } from './rooms.js';
import { Tickets } from './tickets.js';

interface Seat {
  room: string;
  name: string;
}

// Gives `context.state` its type: what `authorize` puts there is there for every later handler of the connection.
declare module 'yunction' {
  interface ContextState {
    seat?: Seat;
  }
}

/** With these a connection ends and its client comes back: it was cut off, or the server asked for it. */
const COMES_BACK = [1006, 1011, 1012];

/** Rooms to talk in. Messages go out as `{ type, … }`; a `who` with an `id` is a request, answered under that id. */
@Controller('/chat')
export class ChatController {
  constructor(
    private readonly tickets: Tickets,
    private readonly rooms: Rooms,
  ) {}

  /** A WebSocket of a browser cannot carry a header. So who may join is decided here, and the ticket proves it there. */
  @Http('POST', '/tickets', { status: 201 })
  async ticket({ name }: AskTicket, context: HttpContext) {
    context.response.setHeader('Cache-Control', 'no-store');
    return { ticket: await this.tickets.issue(name) };
  }

  /** Before the connection exists: what is thrown or refused here is an ordinary HTTP error. */
  @WebSocket('/rooms/:room', { on: 'upgrade', maxMessageBytes: 4096 })
  async authorize({ room, ticket }: JoinRoom, context: UpgradeContext): Promise<void> {
    const name = await this.tickets.redeem(ticket);
    if (name === undefined) throw HttpError.forbidden('the ticket is used, too old or unknown: ask for another');
    context.state.seat = { room, name };
  }

  /**
   * With `resume` a client of `yunction/client` goes on after an interruption, on whichever instance: nothing that was
   * said meanwhile is lost to it or comes twice. Its session is good for the one name.
   */
  @WebSocket('/rooms/:room', { on: 'open', resume: { identity: ({ state }) => state.seat?.name } })
  async joined(_event: unknown, { ws, state }: WebSocketContext) {
    const { room, name } = seatIn(state);
    // First the channel, then the list of who is there: in between, nobody can come or go unnoticed.
    await ws.join(room);
    await this.rooms.enter(room, ws, name);
    if (!ws.resumed) ws.send({ type: 'welcome', room, members: await this.rooms.names(room) });
    await ws.to(room).send({ type: ws.resumed ? 'back' : 'joined', name });
  }

  @WebSocket('/rooms/:room', { type: 'say' })
  async say({ text }: Say, { ws, state }: WebSocketContext) {
    const { room, name } = seatIn(state);
    await ws.to(room).send({ type: 'said', name, text });
  }

  @WebSocket('/rooms/:room', { type: 'typing' })
  async typing(_message: unknown, { ws, state }: WebSocketContext) {
    const { room, name } = seatIn(state);
    await ws.to(room).send({ type: 'typing', name });
  }

  /** What a handler returns is sent back to who asked: `{ id: 7, type: 'who' }` gets `{ id: 7, result: ['Ada'] }`. */
  @WebSocket('/rooms/:room', { type: 'who' })
  who(_message: unknown, { state }: WebSocketContext) {
    return this.rooms.names(seatIn(state).room);
  }

  /** Called however the connection ended; it has left its channels by itself. */
  @WebSocket('/rooms/:room', { on: 'close' })
  async left({ code }: CloseEvent, { ws, state }: WebSocketContext) {
    const { room, name } = seatIn(state);
    await this.rooms.leave(ws);
    // Where the client was quicker than the word that its old connection is lost, it is back already.
    if (await this.rooms.has(room, ws)) return;
    await ws.to(room).send({ type: COMES_BACK.includes(code) ? 'away' : 'left', name });
  }
}

function seatIn({ seat }: { seat?: Seat }): Seat {
  if (seat === undefined) throw new Error('a connection without a seat: it did not come through authorize()');
  return seat;
}
