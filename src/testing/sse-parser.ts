import { TestSseEvent } from './test-sse-event.js';

export interface SseParserListener {
  onEvent(event: TestSseEvent): void;
  /** A line that clients ignore, without its colon and the space after it. */
  onComment(text: string): void;
  /** Milliseconds to wait before reconnecting. */
  onRetry(milliseconds: number): void;
}

/**
 * Reads a `text/event-stream` as WHATWG HTML, section 9.2.6 says, however its bytes are cut. Lines end with CR, LF or
 * CRLF; one byte order mark at the start is skipped; an event that is not ended by an empty line is dropped.
 */
// Not that of client/: tests see comments too, and those 4 KB have no room for what browsers ignore.
export class SseParser {
  readonly #listener: SseParserListener;
  // Keeps the bytes of a character that was cut, and takes the byte order mark away.
  readonly #decoder = new TextDecoder('utf-8');
  #line = '';
  /** The last character was CR: an LF now belongs to the same line break. */
  #afterReturn = false;
  #event = '';
  #data = '';
  #id = '';
  #lastEventId = '';

  constructor(listener: SseParserListener) {
    this.#listener = listener;
  }

  /** The id of the last event, as a client gives it when it reconnects. */
  get lastEventId(): string {
    return this.#lastEventId;
  }

  push(chunk: Uint8Array): void {
    let text = this.#decoder.decode(chunk, { stream: true });
    if (text === '') return;
    if (this.#afterReturn && text.startsWith('\n')) text = text.slice(1);
    // A final CR ends its line at once, whatever follows: to wait for an LF would hold the event back.
    this.#afterReturn = text.endsWith('\r');
    const lines = text.split(/\r\n|\r|\n/);
    const rest = lines.pop() ?? '';
    for (const line of lines) {
      const whole = this.#line + line;
      this.#line = '';
      this.#readLine(whole);
    }
    this.#line += rest;
  }

  #readLine(line: string): void {
    if (line === '') {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    switch (name) {
      case '':
        this.#listener.onComment(value);
        return;
      case 'event':
        this.#event = value;
        return;
      case 'data':
        this.#data += `${value}\n`;
        return;
      case 'id':
        if (!value.includes('\0')) this.#id = value;
        return;
      case 'retry':
        if (/^[0-9]+$/.test(value)) this.#listener.onRetry(Number(value));
        return;
    }
  }

  #dispatch(): void {
    const [event, data] = [this.#event, this.#data];
    this.#event = '';
    this.#data = '';
    this.#lastEventId = this.#id;
    if (data === '') return;
    this.#listener.onEvent(new TestSseEvent(event === '' ? 'message' : event, data.slice(0, -1), this.#id));
  }
}
