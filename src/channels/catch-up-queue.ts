import type { ChannelMessage, Overflow } from './channels.js';
import { compareIds } from './message-id.js';
import { MessageQueue } from './message-queue.js';

/** Where a subscriber that is behind reads what the channel keeps. */
export interface KeptMessages {
  /**
   * Is to answer, at once or later, by `queue.supply`: the first messages after an id.
   * @param after `undefined`: none is known yet; the channel's end is to be supplied as `cursor`.
   */
  read(queue: CatchUpQueue, after: string | undefined): void;
}

/** Messages in a row, as a channel keeps them. */
export interface Page {
  readonly messages: readonly ChannelMessage[];
  /** Whether that was all there was. */
  readonly complete: boolean;
  /** Where there is no message: the id from which to go on. */
  readonly cursor?: string;
}

/**
 * A queue that can be behind: then it takes nothing that is published, and reads page by page from what the channel
 * keeps, as its reader asks, until it has caught up. It is so from the start where messages after an id are asked for,
 * and again whenever a subscriber with `overflow: 'wait'` is too slow.
 */
export class CatchUpQueue extends MessageQueue {
  /** Resolves when the channel has answered for the first time: from then on nothing is missed. */
  readonly started: Promise<void>;
  readonly #kept: KeptMessages;
  readonly #bound: number;
  readonly #waits: boolean;
  #start: (() => void) | undefined;
  #behind = true;
  #reading = false;
  /** The id of the last message that was queued. */
  #cursor: string | undefined;
  /** The newest that was published while this was behind. */
  #newest: string | undefined;
  #newestWhenRead: string | undefined;
  /** Caught up a moment ago: what is pushed may have been read already. */
  #overlaps = false;

  /** @param after the id last seen; `undefined`: to begin at the channel's end, which its first answer tells. */
  constructor(
    kept: KeptMessages,
    after: string | undefined,
    bound: number,
    overflow: Overflow,
    onEnd: (queue: MessageQueue) => void,
  ) {
    let start: () => void = () => undefined;
    super(
      bound,
      (queue) => {
        start();
        onEnd(queue);
      },
      overflow === 'close',
    );
    this.started = new Promise((resolve) => {
      this.#start = start = resolve;
    });
    this.#kept = kept;
    this.#cursor = after;
    this.#bound = bound;
    this.#waits = overflow === 'wait';
  }

  /** The most messages that a page may have. */
  get pageSize(): number {
    return Math.min(this.#bound, 256);
  }

  /** Reads what is there already. Called once, by who has made it. */
  begin(): void {
    this.#read();
  }

  override push(message: ChannelMessage): void {
    if (this.#behind) {
      this.#newest = message.id;
      return;
    }
    if (this.#overlaps) {
      if (this.#cursor !== undefined && compareIds(message.id, this.#cursor) <= 0) return;
      this.#overlaps = false;
    }
    if (this.#waits && this.waiting >= this.#bound) {
      this.#behind = true;
      this.#newest = message.id;
      return;
    }
    this.#cursor = message.id;
    super.push(message);
  }

  /** Something is missing between what was delivered and what is published: it has to be read. */
  fallBehind(): void {
    if (this.ended || this.#behind) return;
    this.#behind = true;
    if (this.waiting === 0) this.#read();
  }

  /** The answer to `read`. */
  supply({ messages, complete, cursor }: Page): void {
    this.#reading = false;
    if (this.ended) return;
    this.#start?.();
    if (cursor !== undefined) this.#cursor = cursor;
    for (const message of messages) {
      this.#cursor = message.id;
      super.push(message);
    }
    if (!complete) {
      if (messages.length === 0) this.#read();
      return;
    }
    const missing = this.#newest !== undefined && compareIds(this.#newest, this.#cursor ?? '0-0') > 0;
    if (missing && this.#newest !== this.#newestWhenRead) {
      // Published while the page was on its way.
      if (this.waiting === 0) this.#read();
      return;
    }
    this.#behind = false;
    this.#overlaps = true;
    // Known of before the page was read, and not in it: it was dropped in between.
    if (missing && this.#newest !== undefined) super.push({ id: this.#newest, data: undefined, gap: true });
    this.#newest = undefined;
  }

  /** The last read has failed: it is done again, from the same id. */
  retry(): void {
    this.#reading = false;
    if (!this.ended && this.#behind) this.#read();
  }

  protected override get isBehind(): boolean {
    return this.#behind;
  }

  protected override onRead(): void {
    if (this.#behind) this.#read();
  }

  #read(): void {
    if (this.#reading) return;
    this.#reading = true;
    this.#newestWhenRead = this.#newest;
    this.#kept.read(this, this.#cursor);
  }
}
