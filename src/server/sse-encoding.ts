import { encodingsOf } from '../channels/shared-encoding.js';
import type { SseEvent } from '../context/sse-stream.js';

/** The fields that make an object an event rather than data. */
const FIELDS = new Set(['data', 'event', 'id', 'retry', 'comment', 'gap', 'except']);

/** A line break of any kind (WHATWG HTML, section 9.2.5). */
const LINE_BREAK = /\r\n|\r|\n/;

/** What would end a field early, or make a client ignore the id. */
const UNSAFE = /[\r\n\0]/;

/**
 * One event in the stream's own format. A string, or any other JSON value, is data; an object with `data` and no other
 * keys than an event's is an event. A channel's message is one: where its `gap` is set, an event named `gap` goes
 * before it, so that a client that must have everything knows that it has to start afresh.
 *
 * @throws TypeError for CR, LF or NUL in `event` or `id`, and for a `retry` that is no whole number: written out they
 * would let whoever chose the value write events of his own.
 */
export function encodeEvent(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `${dataLines(value)}\n`;
  // A channel's message goes to many streams: it is encoded for the first of them.
  const shared = encodingsOf(value);
  if (shared === undefined) return encodeObject(value);
  return (shared.event ??= encodeObject(value));
}

function encodeObject(value: object): string {
  return isEvent(value) ? encodeFields(value) : `${dataLines(value)}\n`;
}

/** A line that clients ignore. */
export function encodeComment(text: string): string {
  return `${encodeLines(': ', text)}\n`;
}

/** Whether a value is an event of its own rather than an event's data. */
export function isEvent(value: unknown): value is SseEvent & { gap?: unknown } {
  if (typeof value !== 'object' || value === null || !('data' in value)) return false;
  for (const key in value) if (!FIELDS.has(key)) return false;
  return true;
}

/**
 * An event by its fields, in the order that the specification's examples have.
 * @throws TypeError as {@link encodeEvent} does.
 */
export function encodeFields({ data, event, id, retry, comment, gap }: Partial<SseEvent> & { gap?: unknown }): string {
  let text = '';
  if (gap === true) {
    // Without an id of its own: a client cut off between the two would else never get the message after the gap.
    text += 'event: gap\ndata: null\n';
    if (data !== undefined) text += '\n';
  }
  if (comment !== undefined) text += encodeLines(': ', comment);
  if (event !== undefined) text += `event: ${safe('event', event)}\n`;
  if (id !== undefined) text += `id: ${typeof id === 'number' ? id : safe('id', id)}\n`;
  if (retry !== undefined) {
    if (!Number.isSafeInteger(retry) || retry < 0)
      throw new TypeError('an SSE event’s `retry` is a whole number of milliseconds');
    text += `retry: ${retry}\n`;
  }
  if (data !== undefined) text += dataLines(data);
  return `${text}\n`;
}

function safe(field: string, value: string): string {
  if (UNSAFE.test(value)) throw new TypeError(`an SSE event’s \`${field}\` holds no CR, LF or NUL`);
  return value;
}

function dataLines(data: unknown): string {
  if (typeof data === 'string') return encodeLines('data: ', data);
  if (data instanceof Uint8Array) {
    return encodeLines('data: ', Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8'));
  }
  const text: string | undefined = JSON.stringify(data);
  if (text === undefined) throw new TypeError(`an SSE event’s data is of type ${typeof data}, which JSON cannot hold`);
  // JSON has no line breaks of its own.
  return `data: ${text}\n`;
}

function encodeLines(prefix: string, text: string): string {
  // Most text has none.
  if (!text.includes('\n') && !text.includes('\r')) return `${prefix}${text}\n`;
  return text
    .split(LINE_BREAK)
    .map((line) => `${prefix}${line}\n`)
    .join('');
}
