import { ClientError } from './client-error.js';
import { eventParser, type StreamProgress } from './event-parser.js';
import { parsedText } from './parsed-text.js';
import { type Backoff, retryDelay } from './retry-delay.js';

/** One event of a stream. */
export interface StreamEvent<Data = unknown> {
  /** `message` where the server names none; `gap` where messages of a channel are no longer kept. */
  readonly event: string;
  readonly data: Data;
  /** The last id that the server has given; empty where it has given none. */
  readonly id: string;
}

export interface StreamEventsOptions<Data = unknown> {
  /** Default `GET`, or `POST` where there is a body. */
  method?: string;
  headers?: Readonly<Record<string, string>>;
  /** A plain object or an array goes as JSON; text, a form, bytes as `fetch` sends them. */
  body?: unknown;
  /** Ends the stream: the loop ends without an error. */
  signal?: AbortSignal;
  /** The id of the last event of an earlier stream: the server goes on after it. */
  lastEventId?: string;
  /** Whether cookies are sent to another origin. Default: the browser's, `same-origin`. */
  credentials?: 'include' | 'omit' | 'same-origin';
  /** How long is waited after attempts that fail. A `retry` of the server takes the place of `minMs`. */
  backoff?: Backoff;
  /** Makes the data of an event from its text. Default: the value of what is JSON, else the text. */
  parse?: (text: string, event: string) => Data;
}

/**
 * The events of a stream, over `fetch`: any method, headers and body. When the connection breaks, or the server ends it
 * before a deadline, the request is made again with `Last-Event-ID`, so that nothing is missed and nothing comes twice.
 * It ends when the server answers 204, when `signal` aborts, or when the loop is left. A request that is no GET, and
 * whose stream has no ids, is made once only: made again, it would do again what it does.
 *
 * @throws ClientError with the problem of an HTTP error, and what `fetch` throws where the first attempt fails.
 * @example
 * for await (const { event, data } of streamEvents<Step>('/orders/7/progress')) show(event, data);
 */
export async function* streamEvents<Data = unknown>(
  url: string | URL,
  options: StreamEventsOptions<Data> = {},
): AsyncGenerator<StreamEvent<Data>, void, void> {
  const { parse = parsedText, backoff, lastEventId = '', headers, body, ...init } = options;
  const { signal, method = body === undefined ? 'GET' : 'POST' } = init;
  const asJson = Array.isArray(body) || String(body) === '[object Object]';
  const progress: StreamProgress = { id: lastEventId };
  let begun: unknown;

  /** Makes the request once. `undefined`: 204, the server wants no other. @throws ClientError for any other answer. */
  const open = async () => {
    const { id } = progress;
    const response = await fetch(url, {
      ...init,
      method,
      headers: {
        Accept: 'text/event-stream',
        ...(asJson && { 'Content-Type': 'application/json' }),
        ...headers,
        // A header is bytes to fetch: an id is sent as UTF-8, as EventSource does.
        ...(id && { 'Last-Event-ID': unescape(encodeURIComponent(id)) }),
      },
      body: asJson ? JSON.stringify(body) : body,
      // What is no plain object is the user's to choose among what his fetch takes.
    } as RequestInit);
    const { status, ok, body: stream } = response;
    if (status === 204) return undefined;
    if (ok && response.headers.get('content-type')?.startsWith('text/event-stream')) return stream?.getReader();
    const text = await response.text();
    throw new ClientError(ok ? { code: 'NO_STREAM', detail: text } : { status, ...(parsedText(text) as object) });
  };

  for (let failures = 0; ; failures += 1) {
    const read = eventParser(progress);
    let failure: unknown;
    const fail = (error: unknown) => {
      failure = error;
    };
    const reader = await open().catch(fail);
    const next = () => reader?.read().catch(fail);
    begun ||= reader;
    try {
      let chunk: { value?: Uint8Array | undefined } | void;
      while ((chunk = await next())?.value) {
        failures = -1;
        for (const each of read(chunk.value)) yield { ...each, data: parse(each.data, each.event) as Data };
      }
    } finally {
      // The loop was left, or the stream has broken: nobody reads on.
      reader?.cancel().catch(fail);
    }
    if (signal?.aborted || (!reader && !failure)) return;
    const { id, retry } = progress;
    // What a gateway answers while an instance goes down or comes up passes, once a stream has begun.
    const fatal = !begun || (failure instanceof ClientError && !/429|50[234]/.test(`${failure.problem.status}`));
    if ((method !== 'GET' && !id) || (failure && fatal)) {
      if (failure) throw failure;
      return;
    }
    // Right after a stream the server's own word holds: it spreads its clients by itself.
    const wait = failures < 0 && retry ? retry : retryDelay(failures, { minMs: retry, ...backoff });
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, wait);
      signal?.addEventListener('abort', done);
    });
  }
}
