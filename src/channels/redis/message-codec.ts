import type { ChannelMessage } from '../channels.js';

/** A message as it comes from a stream. */
export interface StreamEntry {
  readonly id: string;
  readonly data: unknown;
  /** The id of the message before it; empty: there was none. `undefined`: who wrote it did not say. */
  readonly previous: string | undefined;
}

/** Fields of an entry: the id before it, and what it carries, as JSON or, where it is bytes, in base64. */
const PREVIOUS = 'p';
const JSON_DATA = 'd';
const BYTES = 'b';

/** The field that a message is written to and its value. @throws TypeError for what JSON cannot hold, such as a BigInt. */
export function encodeData(data: unknown): readonly [field: string, value: string] {
  if (data instanceof ArrayBuffer) return [BYTES, Buffer.from(data).toString('base64')];
  if (ArrayBuffer.isView(data)) {
    return [BYTES, Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')];
  }
  const json: string | undefined = JSON.stringify(data);
  return [JSON_DATA, json ?? ''];
}

/** Entries of XRANGE or of one stream of XREAD: `[[id, [field, value, …]], …]`. */
export function decodeEntries(reply: unknown): StreamEntry[] {
  return Array.isArray(reply) ? reply.map(decodeEntry) : [];
}

function decodeEntry([id, fields]: [string, string[] | null]): StreamEntry {
  let data: unknown;
  let previous: string | undefined;
  for (let index = 0; fields !== null && index < fields.length; index += 2) {
    const value = fields[index + 1] ?? '';
    if (fields[index] === PREVIOUS) previous = value;
    else if (fields[index] === BYTES) data = Buffer.from(value, 'base64');
    else if (fields[index] === JSON_DATA) data = fromJson(value);
  }
  return { id, data, previous };
}

/** Empty is `undefined`. Of somebody else's making, it may be no JSON: then it is its text. */
function fromJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** As a subscriber gets it. */
export function messageOf({ id, data }: StreamEntry, gap: boolean): ChannelMessage {
  return gap ? { id, data, gap: true } : { id, data };
}
