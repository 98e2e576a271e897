// Longer than 250 lines because a session's greeting, its sending and its end guard one another's state.
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import type { ChannelMessage, Outbox } from '../channels/channels.js';
import { compareIds, isId, ZERO_ID } from '../channels/message-id.js';
import { encodingsOf } from '../channels/shared-encoding.js';
import type { JoinOptions } from '../context/web-socket-connection.js';
import type { UpgradeContext } from '../context/upgrade-context.js';
import type { WebSocketContext } from '../context/web-socket-context.js';
import { describe } from '../errors/problem.js';
import { HttpError } from '../errors/http-error.js';
import { ChannelSubscription } from './channel-subscription.js';
import type { WebSocketEndpoint } from './endpoint.js';
import type { EndReason } from './live-connections.js';
import { channelText, type Hello, type Item, itemOf, leftText, parseHello, welcomeText } from './resume-protocol.js';
import type { Service } from './service.js';
import type { OwnedWebSocket } from './owned-web-socket.js';
import { type ChannelReader, SessionChannels } from './session-channels.js';
import { Session } from './session.js';
import { SocketConnection, type UpgradeRest } from './socket-connection.js';
import { textFrame } from './text-frame.js';

/** How long a client has to say which session it goes on with. */
const HELLO_MS = 10_000;

/** Messages to one client alone that are kept for it. */
const KEPT_MESSAGES = 256;

/** Messages to one client alone that wait to be kept, and how many are kept at once. */
const MAX_UNSENT = 1000;
const MAX_BATCH = 64;

/** Between attempts to keep a message. */
const RETRY_MS = 200;

/** Longer ids of messages are not remembered. */
const MAX_ID_CHARACTERS = 128;

/** What stands in the outbox of a session: messages for its client, or the word that another connection has it now. */
type SessionMessage = Item | { readonly m: readonly Item[] } | { readonly take: string };

/**
 * A WebSocket connection whose client can go on on another one, on any instance, without losing or doubling a message.
 * What it sends to its client alone goes through the session's outbox, which keeps it; what it has joined and which
 * messages it has handled stand in the store. docs/client.md has the protocol.
 */
export class ResumableConnection extends SocketConnection implements ChannelReader {
  readonly #upgraded: UpgradeContext;
  readonly #channels: SessionChannels;
  #network: Duplex | undefined;
  #session: Session | undefined;
  #resumed = false;
  #greet: ((hello: Hello | undefined) => void) | undefined;
  readonly #greeting: Promise<Hello | undefined>;
  #helloTimer: NodeJS.Timeout | undefined;
  #positions: ReadonlyMap<string, string> = new Map();
  /** The id of the message by which this connection has taken the session over. */
  #takenAt = ZERO_ID;
  #outbox: Outbox | undefined;
  #own: ChannelSubscription | undefined;
  #unsent: Item[] = [];
  #publishing: Promise<void> | undefined;
  #drained: Promise<void> | undefined;
  /** Nothing can be kept for the client any more: its session has ended. */
  #over = false;
  readonly #renewal = { beat: () => this.#renew() };

  constructor(service: Service, endpoint: WebSocketEndpoint, upgraded: UpgradeContext) {
    super(service, endpoint);
    this.#upgraded = upgraded;
    this.#channels = new SessionChannels(service.channels, this);
    this.#greeting = new Promise((resolve) => {
      this.#greet = resolve;
    });
  }

  override start(socket: OwnedWebSocket, wire: Duplex, context: WebSocketContext, upgrade: UpgradeRest): void {
    this.#network = wire;
    this.#helloTimer = setTimeout(() => this.#onHello(undefined), HELLO_MS);
    super.start(socket, wire, context, upgrade);
  }

  override get id(): string {
    return this.#session?.record.id ?? super.id;
  }

  override get resumed(): boolean {
    return this.#resumed;
  }

  override get resumes(): number {
    return this.#resumed ? 1 : 0;
  }

  override get begun(): boolean {
    return this.#session !== undefined;
  }

  /** The route's own: the one by which sessions are spoken of is nothing to a handler. */
  override get protocol(): string {
    const offered = this.#upgraded.protocols;
    const { protocols } = this.endpoint;
    // Only plain functions take whatever is offered, and they have no sessions.
    return typeof protocols === 'string' ? '' : (protocols.find((protocol) => offered.includes(protocol)) ?? '');
  }

  override send(message: unknown): void {
    const item = itemOf(message);
    if (this.#over || this.#session === undefined) return;
    if (this.#unsent.length >= MAX_UNSENT) {
      this.#break(new Error(`${MAX_UNSENT} messages wait to be kept`));
      return;
    }
    this.#unsent.push(item);
    this.#publishing ??= this.#publishAll();
  }

  override async join(channel: string, { member }: JoinOptions = {}): Promise<void> {
    const session = this.#session;
    if (this.closed || session === undefined || this.#channels.has(channel)) return;
    const { channels } = session.record;
    const joined = await this.#channels.join(channel, member, channels.get(channel), this.#positions.get(channel));
    if (joined === undefined) return;
    channels.set(channel, joined);
    await session.save();
  }

  override leave(channel: string): void {
    this.#channels.leave(channel);
    if (this.#session?.record.channels.delete(channel) !== true) return;
    this.#renew();
    if (!this.closed) this.sendText(leftText(channel));
  }

  /** Greets the client: a new session, or the one that it asks for. */
  override async prepare(): Promise<boolean> {
    const hello = await this.#greeting;
    if (hello === undefined || this.closed) return false;
    const { store, channels, heartbeats } = this.service;
    const { resumeMs, identityOf } = this.endpoint;
    const { path } = this.#upgraded;
    const identity = JSON.stringify((await identityOf(this.#upgraded)) ?? null);
    const owner = { path, identity };
    const found = hello.session === undefined ? undefined : await Session.find(store, resumeMs, hello.session, owner);
    const session =
      found ?? Session.create(store, resumeMs, { id: super.id, ...owner, sent: ZERO_ID, channels: new Map() });
    const outbox = (this.#outbox = channels.outbox(session.outboxName));
    if (found !== undefined) {
      this.#resumed = true;
      this.#positions = hello.positions;
      // Whoever has it still, on whichever instance, reads this and lets go of it.
      this.#takenAt = await outbox.take({ take: session.secret }, { keep: KEPT_MESSAGES });
      await session.save();
    }
    if (this.closed) return false;
    this.#session = session;
    this.sendText(welcomeText(session.secret, this.#resumed));
    heartbeats.add(this.#renewal, resumeMs);
    await this.#readOwn(session, outbox, this.#positions.get('') ?? ZERO_ID);
    return true;
  }

  /**
   * Joins what the session had joined: not before `open`, which may refuse the client. From now on a client can come back
   * to it; one that was cut off sooner begins anew, as nobody knows how far `open` has come.
   */
  override async onOpened(): Promise<void> {
    const restored = [...(this.#session?.record.channels ?? [])];
    await Promise.all(
      restored
        .filter(([channel]) => !this.closed && !this.#channels.has(channel))
        .map(([channel, from]) => this.#channels.join(channel, from.member, from, this.#positions.get(channel))),
    );
    if (!this.closed) await this.#session?.begin();
  }

  override claim(id: string | number): Promise<boolean> | undefined {
    if (typeof id === 'string' && id.length > MAX_ID_CHARACTERS) return undefined;
    const { resumeMs, timeoutMs, heartbeatMs } = this.endpoint;
    // A client sends it again until it has the answer: after the handler's time, and a cut that nobody noticed at once.
    const ttlMs = resumeMs * 2 + timeoutMs + heartbeatMs * 2;
    return this.#session?.claim(id, ttlMs).catch((error: unknown) => {
      throw HttpError.of('UNAVAILABLE', 'the message could not be taken: send it again', { cause: error });
    });
  }

  override sendUnkept(message: object): void {
    this.sendText(JSON.stringify({ d: message }));
  }

  override refuse(problem: object): void {
    this.sendUnkept({ error: problem });
    this.#end();
    this.close(1011, 'the connection could not be set up');
  }

  override onFrame(data: Buffer, isBinary: boolean): void {
    if (this.#greet === undefined) {
      super.onFrame(data, isBinary);
      return;
    }
    const hello = isBinary ? undefined : parseHello(data);
    this.#onHello(hello);
    if (hello === undefined) this.close(1008, 'the first frame is { "s"?: session, "p"?: positions }');
  }

  override endPolitely(reason: EndReason): Promise<void> {
    this.#onHello(undefined);
    return super.endPolitely(reason);
  }

  override async onClose(code: number, reason: string): Promise<void> {
    this.closed = true;
    this.#onHello(undefined);
    this.service.heartbeats.remove(this.#renewal, this.endpoint.resumeMs);
    this.#own?.leave();
    this.#channels.leaveAll();
    // With these a client says that it will not come back, or was told so.
    if (code === 1000 || code === 1001) this.#end();
    await super.onClose(code, reason);
  }

  takeFrom(channel: string, message: ChannelMessage): boolean {
    if (this.closed || message.except?.includes(this.id) === true) return true;
    const { id, data, gap } = message;
    const shared = this.hasWire ? encodingsOf(message) : undefined;
    try {
      if (shared === undefined) this.sendText(channelText(channel, id, data, gap === true));
      else this.sendFrame((shared.resumable ??= textFrame(channelText(channel, id, data, false))));
    } catch (error) {
      // A cycle, a BigInt: the publisher's mistake, and nobody here waits for it.
      this.log.error({ err: error }, 'a channel’s message could not be sent');
    }
    return this.#network?.writableNeedDrain !== true;
  }

  onGap(channel: string): void {
    this.sendText(JSON.stringify({ c: channel, g: true }));
  }

  drained(): Promise<void> {
    const network = this.#network;
    if (network === undefined || this.closed) return Promise.resolve();
    return (this.#drained ??= new Promise((resolve) => {
      const done = () => {
        network.off('drain', done);
        network.off('close', done);
        this.#drained = undefined;
        resolve();
      };
      network.on('drain', done);
      network.on('close', done);
    }));
  }

  /** Waits until what handlers have sent is kept, so that the end of the process loses none of it. */
  protected override flush(): Promise<void> | undefined {
    return this.#publishing;
  }

  #onHello(hello: Hello | undefined): void {
    clearTimeout(this.#helloTimer);
    this.#greet?.(hello);
    this.#greet = undefined;
  }

  async #readOwn(session: Session, outbox: Outbox, seen: string): Promise<void> {
    const own = await ChannelSubscription.openBy((options) => outbox.subscribe(options), seen, {
      take: (message) => this.#takeOwn(message, forgetful),
      setCorked: (corked) => this.setCorked(corked),
      drained: () => this.drained(),
      onFailure: (error) => this.onFailure(error),
    });
    // An outbox that was quiet for long is forgotten, and then no id is known any more. The client has all that there
    // was when the record was written, and what came since is too little to have been dropped.
    const forgetful = isId(seen) && compareIds(seen, session.record.sent) >= 0 && own.waiting < KEPT_MESSAGES;
    this.#own = own;
    if (this.closed) own.leave();
    else own.deliver();
  }

  #takeOwn({ id, data, gap }: ChannelMessage, forgetful: boolean): boolean {
    if (this.closed) return true;
    const message = data as SessionMessage | undefined; // nobody else knows the outbox's name
    const lost = gap === true && !forgetful ? { g: true } : {};
    if (message !== undefined && 'take' in message) {
      if (compareIds(id, this.#takenAt) > 0) this.#yield();
      else if ('g' in lost) this.sendText(JSON.stringify({ i: id, ...lost }));
      return true;
    }
    this.sendText(JSON.stringify({ i: id, ...lost, ...message }));
    if (this.#session !== undefined) this.#session.record.sent = id;
    return this.#network?.writableNeedDrain !== true;
  }

  /** Another connection has the session now; this one's client is gone, though the network has not said so. */
  #yield(): void {
    this.#session?.abandon();
    this.terminate();
  }

  /** Keeps what is to be sent, in order, as often as it takes: what is not kept is told of by the end of the session. */
  async #publishAll(): Promise<void> {
    let giveUpAt = Number.POSITIVE_INFINITY;
    while (this.#unsent.length > 0) {
      const batch = this.#unsent.slice(0, MAX_BATCH);
      const message = batch.length === 1 ? batch[0] : { m: batch };
      try {
        await this.#outbox?.publish(message, { keep: KEPT_MESSAGES });
        this.#unsent.splice(0, batch.length);
        giveUpAt = Number.POSITIVE_INFINITY;
      } catch (error) {
        giveUpAt = Math.min(giveUpAt, Date.now() + this.endpoint.resumeMs);
        // One that may be there already must not be sent twice.
        const uncertain = error instanceof HttpError && error.code === 'PUBLISH_UNCERTAIN';
        if (uncertain || Date.now() >= giveUpAt) this.#break(error);
        else await sleep(RETRY_MS, undefined, { ref: false });
      }
    }
    this.#publishing = undefined;
  }

  /** What was sent cannot be kept: the client is told by the end of its session. */
  #break(error: unknown): void {
    this.log.error({ err: error }, `a session has ended: its messages cannot be kept: ${describe(error)}`);
    this.#unsent = [];
    this.#end();
    if (!this.closed) this.onFailure(error);
  }

  #end(): void {
    this.#over = true;
    this.#endSession().catch((error: unknown) => {
      this.log.warn({ err: error }, 'a session could not be ended: it does so by itself after a while');
    });
  }

  async #endSession(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    await session.end();
    // What is on its way to be kept would begin the outbox anew.
    await this.#publishing;
    await this.#outbox?.forget();
  }

  #renew(): void {
    this.#session?.save().catch((error: unknown) => {
      this.log.warn({ err: error }, 'a session could not be written');
    });
  }
}
