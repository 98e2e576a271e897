import { ClientError, type ClientProblem, problemError } from './client-error.js';
import type {
  ConnectOptions,
  Connection,
  ConnectionEvents,
  ConnectionState,
  MessageOrigin,
  RequestOptions,
} from './connection.js';
import { parsedText } from './parsed-text.js';
import { retryDelay } from './retry-delay.js';

/** The subprotocol of a resumable connection: docs/client.md, "The protocol". */
const RESUME = 'yunction.resume.v1';

/** Close codes after which another attempt would end in the same way (RFC 6455, section 7.4), and an application's own. */
const FINAL = /^(?:1000|1002|1003|1007|1008|1009|1010|4\d\d\d)$/;

/** A connection that has lasted so long was a good one: the next wait is a short one again. */
const GOOD_MS = 5000;

/** The part of a WebSocket that is used here, the same in all of them. */
interface Socket {
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: (() => void) | null;
  send(data: unknown): void;
  close(code?: number, reason?: string): void;
}

/** What is to be sent, or was sent and waits for its answer. */
interface Entry {
  readonly data: unknown;
  sent?: boolean;
  /** Of a request alone. */
  readonly settle?: ((error: ClientError | undefined, result?: unknown) => void) | undefined;
}

/** A message as the server wraps it: JSON, text, or bytes in base64. */
interface Item {
  readonly d?: unknown;
  readonly t?: string;
  readonly b?: string;
}

/** A frame of the server: one item, or several; of a channel `c`, or to this client alone. */
interface Frame extends Item {
  readonly c?: string;
  readonly i?: string;
  readonly m?: readonly Item[];
  readonly gap?: true;
  /** Of the first frame alone. */
  readonly session?: string;
  readonly resumed?: boolean;
}

/**
 * Opens a WebSocket and keeps it: after an interruption it is opened again, with a wait that grows and is never quite the
 * same. With `resume` it goes on where it was, on whichever instance it lands.
 *
 * @param url `wss://…`, `https://…`, in a browser a path too; or a function that gives one, called for each attempt: for
 * a ticket that is good for one connection only.
 * @throws SyntaxError for a URL that is none.
 * @example
 * const chat = connect<Said, Say>('/chat/lobby', { resume: true });
 * chat.on('message', (said) => show(said));
 * await chat.request({ type: 'say', text: 'hello' });
 */
export function connect<Incoming = unknown, Outgoing = unknown>(
  url: string | (() => string | Promise<string>),
  options: ConnectOptions = {},
): Connection<Incoming, Outgoing> {
  const { resume, backoff, protocols = [], connectTimeoutMs = 10_000, maxQueued = 1000 } = options;
  const listeners: { [Name in keyof ConnectionEvents]?: Set<(...about: ConnectionEvents[Name]) => void> } = {};
  /** By the id of a request, in the order of sending. */
  const entries = new Map<unknown, Entry>();
  /** How far each channel has come; '' is what was sent to this client alone. */
  let seen: Record<string, string> = {};
  let session: string | undefined;
  let state: ConnectionState;
  let socket: Socket | undefined;
  /** Of the attempt at work, or of the wait before the next. */
  let timer: ReturnType<typeof setTimeout> | undefined;
  let openedAt = 0;
  let failures = 0;
  let lastId = 0;

  const emit = <Name extends keyof ConnectionEvents>(name: Name, ...about: ConnectionEvents[Name]) => {
    for (const listener of listeners[name] ?? []) {
      try {
        listener(...about);
      } catch (error) {
        // Its own mistake must not keep others from what they wait for.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  };

  const set = (next: ConnectionState) => emit('state', (state = next));

  const transmit = (id: unknown, entry: Entry) => {
    socket?.send(entry.data);
    entry.sent = true;
    if (entry.settle === undefined) entries.delete(id);
  };

  const add = (data: unknown, settle?: Entry['settle']) => {
    if (state === 'closed') throw new ClientError('CLOSED');
    if (entries.size >= maxQueued) throw new ClientError('QUEUE_FULL');
    const entry = { data, settle };
    entries.set(++lastId, entry);
    if (state === 'open') transmit(lastId, entry);
  };

  const reject = (code: string, unsentToo?: boolean) => {
    for (const { sent, settle } of entries.values()) if (sent || unsentToo) settle?.(new ClientError(code));
  };

  const start = async () => {
    set('connecting');
    const attempt = (timer = setTimeout(() => lost(1006, 'no connection in time'), connectTimeoutMs));
    try {
      const { href } = new URL(await (typeof url === 'string' ? url : url()), globalThis.location?.href);
      if (attempt === timer) listen(new WebSocket(href.replace(/^http/, 'ws'), resume ? [RESUME, ...protocols] : [...protocols]));
    } catch (error) {
      // What is wrong with a fixed URL will be wrong with it the next time too.
      if (attempt === timer) lost(1006, String(error), typeof url === 'string');
    }
  };

  const listen = (made: Socket) => {
    socket = made;
    const whileOurs = <Event>(work: (event: Event) => void) => (event: Event) => {
      if (made === socket) work(event);
    };
    made.binaryType = 'arraybuffer';
    made.onopen = whileOurs(() => (resume ? made.send(JSON.stringify({ session, seen })) : opened(false)));
    made.onmessage = whileOurs(({ data }) => receive(data));
    made.onclose = whileOurs(({ code, reason }) => lost(code, reason));
    made.onerror = () => undefined; // the `close` that follows is what counts
  };

  const opened = (resumed: boolean) => {
    clearTimeout(timer);
    openedAt = Date.now();
    set('open');
    emit('open', { resumed });
    // What was sent before and is not answered, too: the server knows by the id what it has handled.
    for (const [id, entry] of entries) transmit(id, entry);
  };

  const receive = (data: unknown) => {
    if (!resume) {
      deliver(typeof data === 'string' ? { t: data } : { d: data }, {});
      return;
    }
    const frame = JSON.parse(String(data)) as Frame;
    const { c: channel, i: id, m: items = [frame] } = frame;
    if (state !== 'open') {
      const known = session;
      session = frame.session;
      if (known && !frame.resumed) {
        seen = {};
        reject('SESSION_LOST');
        emit('session-lost');
      }
      opened(frame.resumed === true);
      return;
    }
    if (id) seen[channel ?? ''] = id;
    else if (channel) delete seen[channel]; // it was left
    if (frame.gap) emit('gap', { channel });
    for (const item of items) deliver(item, { channel, id });
  };

  const deliver = ({ b: base64, t: text, d: value }: Item, origin: MessageOrigin) => {
    if (base64 !== undefined) value = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;
    if (text !== undefined) value = parsedText(text);
    if (value === undefined) return;
    const { id, error, result } = (value ?? {}) as { id?: unknown; error?: ClientProblem; result?: unknown };
    const settle = entries.get(id)?.settle;
    if (settle && error) settle(problemError(error));
    else if (settle && result !== undefined) settle(undefined, result);
    else emit('message', value, origin);
  };

  /** The connection has ended, or never was: another is made after a while, unless that is of no use. */
  const lost = (code: number, reason: string, final = FINAL.test(String(code))) => {
    if (state === 'closed') return;
    clearTimeout(timer);
    socket?.close();
    timer = socket = undefined;
    if (openedAt && Date.now() - openedAt > GOOD_MS) failures = 0;
    openedAt = 0;
    if (!final) timer = setTimeout(start, retryDelay(failures++, backoff));
    set(final ? 'closed' : 'waiting');
    if (final || !resume) reject(final ? 'CLOSED' : 'CONNECTION_LOST', final);
    emit('close', { code, reason, final });
  };

  start();
  return {
    get state() {
      return state;
    },
    send(message) {
      const asItIs = typeof message === 'string' || message instanceof ArrayBuffer || ArrayBuffer.isView(message);
      add(asItIs ? message : JSON.stringify(message));
    },
    request: (message, { timeoutMs = 30_000 } = {}) =>
      new Promise((resolve, reject) => {
        const id = lastId + 1;
        const settle: Entry['settle'] = (error, result) => {
          clearTimeout(late);
          entries.delete(id);
          if (error) reject(error);
          else resolve(result);
        };
        add(JSON.stringify({ ...message, id }), settle);
        const late = timeoutMs && setTimeout(settle, timeoutMs, new ClientError('TIMEOUT'));
      }),
    on(name, listener) {
      const all = (listeners[name] ??= new Set());
      all.add(listener);
      return () => all.delete(listener);
    },
    close(code = 1000, reason = '') {
      socket?.close(code, reason);
      lost(code, reason, true);
    },
  };
}
