/** What has been made of a message that several subscribers get: by the format, as one message may go out in several. */
interface Encodings {
  /** As an event of an event stream. */
  event?: string;
  /** As a WebSocket frame. */
  frame?: Buffer;
  /** The same for connections that can be resumed. */
  resumable?: Buffer;
}

/** Weak: an encoding lasts as long as the message is on its way, not as long as a channel keeps it. */
const SHARED = new WeakMap<object, Encodings>();

/** Says that several will get this very object, and that nobody changes it. */
export function markShared(message: object): void {
  SHARED.set(message, {});
}

/** Where a shared message's encodings are kept; `undefined` for any other value, which its owner may still change. */
export function encodingsOf(message: object): Encodings | undefined {
  return SHARED.get(message);
}
