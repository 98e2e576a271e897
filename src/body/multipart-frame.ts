const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;

/** Bytes behind a boundary that tell which one it is: a line break, or two dashes. */
const MARK_LENGTH = 2;

const AMONG_HEADERS = 'a boundary stands among the headers of a part';

/**
 * Looks at the boundary lines of a multipart body while it passes by, and ends it at the closing one. Busboy loses parts
 * without a word when a boundary line is not where it should be: in the middle of a part's headers, or with something
 * behind it on its line. And it reads on behind the closing line, as far as the chunk reaches. For a file that begins in
 * such a place it then waits for ever, so it must never see one.
 */
export class MultipartFrame {
  /** Boundary lines so far, the closing one included. */
  count = 0;
  /** Whether the closing line has come. */
  closed = false;
  /** What is wrong with the boundary lines. Nothing belongs to the form any more, from that chunk on. */
  mistake: string | undefined;
  readonly #delimiter: Buffer;
  /** Where in a part the bytes are that come next; `seam`: at the line break of the empty line behind its headers. */
  #place: 'headers' | 'seam' | 'body' = 'body';
  /** There is text before the first line. */
  #hasPreamble = false;
  /** The end of the last chunk, where a delimiter may have begun. The first line needs no line break before it. */
  #rest: Buffer = Buffer.from('\r\n');

  constructor(boundary: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  /** The part of the chunk that belongs to the form: what follows the closing line does not (RFC 2046, section 5.1.1). */
  push(chunk: Buffer): Buffer {
    if (this.closed || this.mistake !== undefined) return chunk.subarray(0, 0);
    const bytes = Buffer.concat([this.#rest, chunk]);
    const from = this.#passParts(bytes);
    this.#rest = bytes.subarray(Math.max(from, bytes.length - this.#longestRest));
    if (this.mistake !== undefined) return chunk.subarray(0, 0);
    return this.closed ? chunk.subarray(0, from - (bytes.length - chunk.length)) : chunk;
  }

  /** At the end of the body. */
  end(): void {
    if (!this.closed) this.mistake ??= 'the form ends before its closing boundary';
  }

  /** A delimiter that is whole but for what it is marked with, or less. */
  get #longestRest(): number {
    return this.#delimiter.length + MARK_LENGTH - 1;
  }

  /** Passes all boundary lines that are there as a whole; gives where the last one ends. */
  #passParts(bytes: Buffer): number {
    const delimiter = this.#delimiter;
    let from = 0;
    for (;;) {
      const at = bytes.indexOf(delimiter, from);
      if (this.count === 0) this.#lookAtPreamble(bytes, at === -1 ? bytes.length - this.#longestRest : at);
      if (this.mistake !== undefined) return from;
      if (this.#place === 'headers') {
        const end = bytes.indexOf('\r\n\r\n', from);
        if (at === -1 && end === -1) return from;
        if (end === -1 || (at !== -1 && at < end)) this.mistake = AMONG_HEADERS;
        this.#place = 'seam';
        from = end + 2;
        continue;
      }
      if (this.#place === 'seam') {
        if (bytes.length - from < delimiter.length) return from;
        // A line break is either the empty line's or the boundary's.
        if (at === from) this.mistake = AMONG_HEADERS;
        this.#place = 'body';
        from += 2;
        continue;
      }
      const mark = at + delimiter.length;
      if (at === -1 || mark + MARK_LENGTH > bytes.length) return from;
      this.count += 1;
      from = mark;
      if (bytes[mark] === DASH && bytes[mark + 1] === DASH) {
        this.closed = true;
        if (this.count === 1 && this.#hasPreamble) this.mistake = 'no part begins with the boundary';
        return mark + MARK_LENGTH;
      }
      if (bytes[mark] !== CR || bytes[mark + 1] !== LF) this.mistake = 'something stands behind a boundary on its line';
      this.#place = 'headers';
    }
  }

  /**
   * A text before the first line means nothing (RFC 2046, section 5.1.1). No client sends one; what begins with dashes
   * there is most likely a part whose boundary is another than the one that was announced.
   */
  #lookAtPreamble(bytes: Buffer, end: number): void {
    for (let index = 0; index < end && !this.#hasPreamble; index += 1) {
      this.#hasPreamble = bytes[index] !== CR && bytes[index] !== LF;
    }
    const line = bytes.indexOf('\r\n--');
    if (line !== -1 && line < end) this.mistake = 'a line before the first boundary begins like one';
  }
}
