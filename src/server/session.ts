import type { Store } from '../channels/store.js';

/** What outlasts a connection: kept where every instance finds it. */
export interface SessionRecord {
  /** The connection's id for the others, `ws.id`; the session's own id is a secret of its client. */
  readonly id: string;
  /** The path that it belongs to, parameters filled in. */
  readonly path: string;
  /** The JSON of whom it belongs to. */
  readonly identity: string;
  /** The id of the newest message to the client alone that went out, as of the last writing. */
  sent: string;
  /** What it has joined. */
  readonly channels: Map<string, JoinedChannel>;
}

/** The record as the store has it. */
type StoredRecord = Omit<SessionRecord, 'channels'> & { readonly channels: readonly [string, JoinedChannel][] };

export interface JoinedChannel {
  /** The id after which it has joined; absent where the channels cannot tell. */
  readonly after?: string | undefined;
  /** What it is listed with as a member. */
  readonly member?: unknown;
}

/**
 * For how many `resumeMs` a record is kept. It is written every half of one while its connection is open, and not at the
 * end: whoever has the session by then has written it already.
 */
const KEPT_WHILE_OPEN = 2;

/** One session in the store: its record, written in order, and the messages that it has handled. */
export class Session {
  readonly secret: string;
  readonly record: SessionRecord;
  readonly #store: Store;
  readonly #resumeMs: number;
  #writing: Promise<unknown> = Promise.resolve();
  #begun: boolean;
  #over = false;

  private constructor(store: Store, resumeMs: number, secret: string, record: SessionRecord, begun: boolean) {
    this.#store = store;
    this.#resumeMs = resumeMs;
    this.secret = secret;
    this.record = record;
    this.#begun = begun;
  }

  /** The session that a client asks for; `undefined` where it is over, or belongs to another path or identity. */
  static async find(
    store: Store,
    resumeMs: number,
    secret: string,
    { path, identity }: Pick<SessionRecord, 'path' | 'identity'>,
  ): Promise<Session | undefined> {
    const stored = await store.get<StoredRecord>(keyOf(secret));
    if (stored === undefined || stored.path !== path || stored.identity !== identity) return undefined;
    return new Session(store, resumeMs, secret, { ...stored, channels: new Map(stored.channels) }, true);
  }

  /** A new one, which nobody can guess. Until it has begun nothing is written, and nobody finds it. */
  static create(store: Store, resumeMs: number, record: SessionRecord): Session {
    const secret = process.getBuiltinModule('node:crypto').randomBytes(24).toString('base64url');
    return new Session(store, resumeMs, secret, record, false);
  }

  /** From now on it is found: what its first connection had to set up is set up. Rejects where the store does. */
  async begin(): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    await this.save();
  }

  /** The name of the outbox of what is sent to this client alone. It is as secret as the session. */
  get outboxName(): string {
    return keyOf(this.secret);
  }

  /** Writes the record as it is now; before `begin`, after `end` and `abandon` nothing. Rejects where the store does. */
  save(): Promise<void> {
    const write = this.#write(this.#writing);
    // The next write does not depend on this one; whoever waits for this one is told.
    this.#writing = write.catch(() => undefined);
    return write;
  }

  async #write(before: Promise<unknown>): Promise<void> {
    await before;
    if (this.#over || !this.#begun) return;
    const stored: StoredRecord = { ...this.record, channels: [...this.record.channels] };
    await this.#store.set(keyOf(this.secret), stored, { ttlMs: this.#resumeMs * KEPT_WHILE_OPEN });
  }

  /** Writes nothing any more: another connection has the session now. */
  abandon(): void {
    this.#over = true;
  }

  /** The client will not come back. */
  async end(): Promise<void> {
    this.#over = true;
    await this.#writing;
    await this.#store.delete(keyOf(this.secret));
  }

  /** Whether a message with this id is handled for the first time, by whichever instance. */
  claim(id: string | number, ttlMs: number): Promise<boolean> {
    return this.#store.set(`${keyOf(this.secret)}:${typeof id}:${id}`, 1, { ttlMs, ifAbsent: true });
  }
}

function keyOf(secret: string): string {
  return `session:${secret}`;
}
