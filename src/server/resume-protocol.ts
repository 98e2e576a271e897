/** The subprotocol by which a client says that it can resume: docs/client.md, "The protocol". */
export const RESUME_PROTOCOL = 'yunction.resume';

/** The first frame of a client. */
export interface Hello {
  /** The session that it wants to go on with. */
  readonly session: string | undefined;
  /** How far it has come, by channel; '' is what was sent to it alone. */
  readonly positions: ReadonlyMap<string, string>;
}

/** A message within a frame: a value, or bytes in base64. */
export type Item = { readonly d: unknown } | { readonly b: string };

/** Longer ones were not made here. */
const MAX_SESSION_CHARACTERS = 64;
const MAX_POSITION_CHARACTERS = 64;

/** Reads the first frame of a client. `undefined`: it is none. */
export function parseHello(data: Buffer): Hello | undefined {
  let value: unknown;
  try {
    value = JSON.parse(data.toString());
  } catch {
    return undefined; // answered by closing the connection
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { s: session, p: given = {} } = value as { s?: unknown; p?: unknown };
  if (session !== undefined && !(typeof session === 'string' && session.length <= MAX_SESSION_CHARACTERS))
    return undefined;
  if (typeof given !== 'object' || given === null) return undefined;
  const positions = new Map<string, string>();
  for (const [channel, id] of Object.entries(given)) {
    // Of what form it is concerns the channels: one that they do not know is a gap to them.
    if (typeof id !== 'string' || id.length > MAX_POSITION_CHARACTERS) return undefined;
    positions.set(channel, id);
  }
  return { session, positions };
}

/** The server's first frame. */
export function welcomeText(session: string, resumed: boolean): string {
  return JSON.stringify({ s: session, r: resumed });
}

/**
 * A message as it stands in a frame. Text that is JSON is its value, as a client without sessions reads it too.
 * @throws TypeError for what JSON cannot hold.
 */
export function itemOf(message: unknown): Item {
  if (message instanceof ArrayBuffer) return { b: Buffer.from(message).toString('base64') };
  if (ArrayBuffer.isView(message)) {
    return { b: Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString('base64') };
  }
  if (typeof message !== 'string') return { d: jsonValue(message) };
  try {
    return { d: JSON.parse(message) as unknown };
  } catch {
    return { d: message }; // not every text is JSON
  }
}

/** A message of a channel as a frame: the same text for all who get it. @throws TypeError for what JSON cannot hold. */
export function channelText(channel: string, id: string, data: unknown, gap: boolean): string {
  // A gap without a message after it says only that something is missing.
  const item = gap && data === undefined ? {} : itemOf(data);
  return JSON.stringify(gap ? { c: channel, i: id, g: true, ...item } : { c: channel, i: id, ...item });
}

/** Says that a channel was left: its position is of no use any more. */
export function leftText(channel: string): string {
  return JSON.stringify({ c: channel });
}

/** The value as JSON has it: what is kept must not change with the object that it was made of. `undefined` is `null`. */
function jsonValue(message: unknown): unknown {
  const text: string | undefined = JSON.stringify(message);
  return text === undefined ? null : (JSON.parse(text) as unknown);
}
