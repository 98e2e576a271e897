const DASH = 0x2d;

/**
 * Counts the boundary lines of a multipart body while it passes by, and ends it at the closing one. Busboy loses parts
 * without a word when a boundary line is not where it should be: in the middle of a part's headers, or with something
 * behind it on its line. And it reads on behind the closing line, as far as the chunk reaches: for a file that begins
 * there it then waits for ever. A form in which each boundary line but the last starts a part that busboy has reported
 * is read alike by all.
 */
export class DelimiterCount {
  /** Boundary lines so far, the closing one included. */
  count = 0;
  #closed = false;
  readonly #delimiter: Buffer;
  /** The end of the last chunk, where a delimiter may have begun. The first line needs no line break before it. */
  #rest: Buffer = Buffer.from('\r\n');

  constructor(boundary: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  /** The part of the chunk that belongs to the form: what follows the closing line does not (RFC 2046, section 5.1.1). */
  push(chunk: Buffer): Buffer {
    if (this.#closed) return chunk.subarray(0, 0);
    const delimiter = this.#delimiter;
    const bytes = Buffer.concat([this.#rest, chunk]);
    let from = 0;
    for (let at = bytes.indexOf(delimiter); at !== -1; at = bytes.indexOf(delimiter, from)) {
      const end = at + delimiter.length;
      if (end + 2 > bytes.length) {
        // Whether it is the closing one stands in the next chunk.
        this.#rest = bytes.subarray(at);
        return chunk;
      }
      this.count += 1;
      from = end;
      if (bytes[end] === DASH && bytes[end + 1] === DASH) {
        this.#closed = true;
        return chunk.subarray(0, end + 2 - (bytes.length - chunk.length));
      }
    }
    this.#rest = bytes.subarray(Math.max(from, bytes.length - delimiter.length + 1));
    return chunk;
  }
}
