// oxlint-disable unicorn/prefer-add-event-listener -- the `on` properties are what all WebSocket classes have, and take back
import { ClientError, type ClientProblem } from './client-error.js';
import type { ConnectOptions, Connection, ConnectionEvents, ConnectionState } from './connection.js';
import { parsedText } from './parsed-text.js';
import { retryDelay } from './retry-delay.js';

/** The part of a WebSocket that is used here, the same in all of them. */
interface Socket {
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: () => void;
  send(data: unknown): void;
  close(code?: number, reason?: string): void;
}

/** What is to be sent, or was sent and waits for its answer. */
interface Entry {
  readonly data: unknown;
  /** Of a request alone. */
  readonly done?: ((error: ClientError | undefined, result?: unknown) => void) | undefined;
}

type Listener = (...about: unknown[]) => void;

/** A message as the server wraps it: a value, or bytes in base64. */
interface Item {
  readonly d?: unknown;
  readonly b?: string;
}

/** A frame of the server: one item, or several; of a channel `c`, or to this client alone. */
interface Frame extends Item {
  readonly c?: string;
  readonly i?: string;
  readonly m?: readonly Item[];
  /** Messages before this one are lost. */
  readonly g?: true;
  /** Of the first frame alone: the session, and whether it is the one that was asked for. */
  readonly s?: string;
  readonly r?: boolean;
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
  const { resume, backoff, protocols = [], timeoutMs = 10_000, WebSocket = globalThis.WebSocket } = options;
  const listeners: Record<string, Set<Listener>> = {};
  /** By the id of a request, in the order of sending. */
  const entries = new Map<unknown, Entry>();
  /**
   * The ids of requests that have timed out or failed: what still comes for them is an answer, no message. A thousand at
   * most, as some are never answered.
   */
  const late = new Set<unknown>();
  /** How far each channel has come; '' is what was sent to this client alone. */
  let seen: Record<string, string> = {};
  let session: string | undefined;
  let state: ConnectionState;
  let socket: Socket | undefined;
  /** Of the attempt at work, or of the wait before the next. */
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let lastId = 0;
  const fixed = typeof url === 'string';

  /** Each listener is called on its own: what it throws disturbs nobody else. */
  const emit = <Name extends keyof ConnectionEvents>(name: Name, ...about: ConnectionEvents[Name]) => {
    listeners[name]?.forEach((listener) => queueMicrotask(() => listener(...about)));
  };

  // oxlint-disable-next-line unicorn/consistent-function-scoping -- here it is smaller: the client has 4 KB
  const failure = (code: string) => new ClientError({ code });

  const set = (next: ConnectionState) => emit('state', (state = next));

  const transmit = (entry: Entry, id: unknown) => {
    socket?.send(entry.data);
    if (!entry.done) entries.delete(id);
  };

  const add = (data: unknown, done?: Entry['done']) => {
    const code = state === 'closed' ? 'CLOSED' : entries.size > 999 && 'FULL';
    if (code) throw failure(code);
    const entry = { data, done };
    entries.set(++lastId, entry);
    if (state === 'open') transmit(entry, lastId);
  };

  /** Of the requests that wait nobody can tell how far they have come. */
  const reject = (code: string) => entries.forEach(({ done }) => done?.(failure(code)));

  const start = async () => {
    set('connecting');
    const attempt = (timer = setTimeout(() => lost(1006, 'late'), timeoutMs));
    try {
      const href = await (fixed ? url : url());
      if (attempt !== timer) return;
      // The subprotocol of docs/client.md, "The protocol". All WebSocket classes have what `Socket` has, though their types tell of it in different ways.
      socket = new WebSocket(href, resume ? ['yunction.resume', ...protocols] : protocols) as object as Socket;
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => (resume ? socket?.send(JSON.stringify({ s: session, p: seen })) : opened(false));
      socket.onmessage = ({ data }) => receive(data);
      socket.onclose = ({ code, reason }) => lost(code, reason);
      socket.onerror = () => undefined; // the `close` that follows is what counts
    } catch (error) {
      // What is wrong with a fixed URL will be wrong with it the next time too.
      if (attempt === timer) lost(1006, String(error), fixed);
    }
  };

  const opened = (resumed: boolean) => {
    clearTimeout(timer);
    failures = 0;
    set('open');
    emit('open', { resumed });
    // What was sent before and is not answered, too: the server knows by the id what it has handled.
    entries.forEach(transmit);
  };

  const receive = (data: unknown) => {
    // With `resume` every frame is JSON, bytes too; without it a frame is a message as it stands.
    const value = parsedText(data);
    const frame = (resume ? value : { d: value }) as Frame;
    const { c: channel, i: id, m: items = [frame], s: welcomed, r: resumed, g: gap } = frame;
    if (welcomed) {
      if (session && !resumed) {
        seen = {};
        reject('LOST');
        emit('session-lost');
      }
      session = welcomed;
      opened(resumed as boolean); // it stands beside `s`
    }
    if (id) seen[channel ?? ''] = id;
    else if (channel) delete seen[channel]; // it was left
    if (gap) emit('gap', { channel });
    for (const { b, d } of items) {
      const message = b === undefined ? d : Uint8Array.from(atob(b), (character) => character.charCodeAt(0)).buffer;
      if (message === undefined) continue;
      const {
        id: answered,
        error,
        result,
      } = (message ?? {}) as { id?: unknown; error?: ClientProblem; result?: unknown };
      const isAnswer = error || result !== undefined;
      const done = isAnswer && entries.get(answered)?.done;
      if (done) done(error && new ClientError(error), result);
      else if (!isAnswer || !late.delete(answered)) emit('message', message, { channel, id });
    }
  };

  /**
   * The connection has ended, or never was: another is made after a while, unless it would end in the same way, by its
   * code (RFC 6455, section 7.4, and an application's own).
   */
  const lost = (code: number, reason: string, final = /^(100[023789]|1010|4...)$/.test(`${code}`)) => {
    if (state === 'closed') return;
    clearTimeout(timer);
    // What it still says is of no interest.
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    timer = socket = undefined;
    if (final) {
      reject('CLOSED');
    } else {
      // oxlint-disable-next-line typescript/no-misused-promises -- it never rejects
      timer = setTimeout(start, retryDelay(failures++, backoff));
      // Without a session those that were on their way are lost; those that were not go out next time.
      if (!resume && state === 'open') reject('LOST');
    }
    set(final ? 'closed' : 'waiting');
    emit('close', { code, reason, final });
  };

  void start();
  return {
    get state() {
      return state;
    },
    send(message) {
      const asItIs = typeof message === 'string' || 'byteLength' in Object(message);
      add(asItIs ? message : JSON.stringify(message));
    },
    request: (message, { timeoutMs: limitMs = 30_000 } = {}) =>
      new Promise((resolve, fail) => {
        const id = lastId + 1;
        const done: Entry['done'] = (error, result) => {
          clearTimeout(timeout);
          entries.delete(id);
          if (error) {
            if (late.add(id).size > 1000) late.clear();
            fail(error);
          } else resolve(result as never); // the caller's word for it
        };
        add(JSON.stringify({ ...message, id }), done);
        const timeout = limitMs && setTimeout(() => done(failure('TIMEOUT')), limitMs);
      }),
    on(name, listener) {
      // It is called with what belongs to its name alone.
      const all = (listeners[name] ??= new Set()).add(listener as Listener);
      return () => all.delete(listener as Listener);
    },
    close(code = 1000, reason = '') {
      socket?.close(code, reason);
      lost(code, reason, true);
    },
  };
}
