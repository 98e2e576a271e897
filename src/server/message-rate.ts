/** Counts what one connection sends, and tells when it is more than it may in a second. */
export class MessageRate {
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  // The first message begins the first second.
  #since = Number.NEGATIVE_INFINITY;
  #messages = 0;
  #bytes = 0;

  /** @param maxMessages and @param maxBytes in a second; 0: no limit. */
  constructor(maxMessages: number, maxBytes: number) {
    this.#maxMessages = maxMessages || Number.POSITIVE_INFINITY;
    this.#maxBytes = maxBytes || Number.POSITIVE_INFINITY;
  }

  /**
   * Counts a message. `false`: it is one too many.
   * @param now milliseconds of a clock that never goes back.
   */
  take(bytes: number, now: number): boolean {
    if (now - this.#since >= 1000) {
      this.#since = now;
      this.#messages = 0;
      this.#bytes = 0;
    }
    this.#messages += 1;
    this.#bytes += bytes;
    return this.#messages <= this.#maxMessages && this.#bytes <= this.#maxBytes;
  }
}

/** What counts, or nothing where nothing is limited. */
export function messageRate(settings: {
  readonly maxMessagesPerSecond: number;
  readonly maxBytesPerSecond: number;
}): MessageRate | undefined {
  const { maxMessagesPerSecond, maxBytesPerSecond } = settings;
  if (maxMessagesPerSecond === 0 && maxBytesPerSecond === 0) return undefined;
  return new MessageRate(maxMessagesPerSecond, maxBytesPerSecond);
}
