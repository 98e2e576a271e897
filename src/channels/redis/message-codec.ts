import type { ChannelMessage } from '../channels.js';

/** A message as it comes from a stream. */
export interface StreamEntry {
  readonly id: string;
  readonly data: unknown;
  /** Sockets that do not get it. */
  readonly except?: readonly string[] | undefined;
  /** The id of the message before it; empty: there was none. `undefined`: who wrote it did not say. */
  readonly previous: string | undefined;
}

/** Fields of an entry: the id before it, and what it carries, as JSON or, where it is bytes, in base64. */
const PREVIOUS = 'p';
const JSON_DATA = 'd';
const BYTES = 'b';

/** Ends the name of a field whose value begins with a line of its own: whom the message leaves out, as JSON. */
const WITH_EXCEPT = 'x';

/** The field that a message is written to and its value. @throws TypeError for what JSON cannot hold, such as a BigInt. */
export function encodeData(data: unknown, except?: readonly string[]): readonly [field: string, value: string] {
  if (except !== undefined) {
    const [field, value] = encodeData(data);
    return [field + WITH_EXCEPT, `${JSON.stringify(except)}\n${value}`];
  }
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

/** Without fields it was deleted while it was read. */
function decodeEntry([id, given]: [string, string[] | null]): StreamEntry {
  const fields = given ?? [];
  let data: unknown;
  let previous: string | undefined;
  let except: readonly string[] | undefined;
  for (let index = 0; index < fields.length; index += 2) {
    let field = fields[index] ?? '';
    let value = fields[index + 1] ?? '';
    if (field.length > 1 && field.endsWith(WITH_EXCEPT)) {
      const end = value.indexOf('\n');
      except = idsOf(value.slice(0, end));
      value = value.slice(end + 1);
      field = field.slice(0, -1);
    }
    if (field === PREVIOUS) previous = value;
    else if (field === BYTES) data = Buffer.from(value, 'base64');
    else if (field === JSON_DATA) data = fromJson(value);
  }
  return except === undefined ? { id, data, previous } : { id, data, except, previous };
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

function idsOf(text: string): string[] {
  const ids = fromJson(text);
  return Array.isArray(ids) ? ids.map(String) : [];
}

/** As a subscriber gets it. */
export function messageOf({ id, data, except }: StreamEntry, gap: boolean): ChannelMessage {
  const message = except === undefined ? { id, data } : { id, data, except };
  return gap ? { ...message, gap: true } : message;
}
