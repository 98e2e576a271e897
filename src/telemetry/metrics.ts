import { DurationHistogram } from './duration-histogram.js';
import { familiesText, labelsText, type MetricFamily, single } from './metric-family.js';
import { type ObservedRequest, type ObservedSocket, type Observer, statusOf } from './observer.js';
import { ProcessMetrics } from './process-metrics.js';

/** More metrics, in the same text format: prom-client's `Registry` fits. */
export interface MetricsRegister {
  metrics(): string | Promise<string>;
}

/** The name of the histogram of requests. */
export const REQUEST_DURATION = 'http_request_duration_seconds';

/**
 * Counts requests, streams, connections and messages, and writes them in Prometheus' text format. By hand: an observation
 * is an addition in an array, where prom-client makes a text of its labels first, and nothing is loaded.
 */
export class Metrics implements Observer {
  readonly #process = new ProcessMetrics();
  readonly #registers: readonly MetricsRegister[];
  readonly #durations = new DurationHistogram();
  readonly #streams = new Set<ObservedRequest>();
  readonly #sockets = new Set<ObservedSocket>();
  /** Closed connections by close code. */
  readonly #closed = new Map<string, number>();
  #inFlight = 0;
  #aborted = 0;
  #streamsOpened = 0;
  #socketsOpened = 0;
  /** Of streams and connections that are open no more. */
  #events = 0;
  #messagesIn = 0;
  #messagesOut = 0;

  /** @param registers what is shown beside; where a name stands there too, it is left out here. */
  constructor(registers: readonly MetricsRegister[] = []) {
    this.#registers = registers;
  }

  requestBegan(): void {
    this.#inFlight += 1;
  }

  requestEnded(request: ObservedRequest): void {
    const { stream, context, delivered, pattern, started } = request;
    this.#inFlight -= 1;
    if (stream?.opened === true) {
      // How long somebody listens says nothing of how quick the answers are.
      this.#streams.delete(request);
      this.#events += stream.messages;
      return;
    }
    if (!delivered) this.#aborted += 1;
    this.#durations.observe(pattern, context.method, statusOf(request), (performance.now() - started) / 1000);
  }

  streamOpened(request: ObservedRequest): void {
    this.#streamsOpened += 1;
    this.#streams.add(request);
  }

  socketOpened(socket: ObservedSocket): void {
    // The request has become a connection.
    this.#inFlight -= 1;
    this.#socketsOpened += 1;
    this.#sockets.add(socket);
  }

  socketClosed(socket: ObservedSocket, closeCode: number): void {
    this.#sockets.delete(socket);
    this.#messagesIn += socket.messagesIn;
    this.#messagesOut += socket.messagesOut;
    const code = codeLabel(closeCode);
    this.#closed.set(code, (this.#closed.get(code) ?? 0) + 1);
  }

  /** Everything as text. Rejects with what a register throws. */
  async text(draining: boolean): Promise<string> {
    const others = await Promise.all(this.#registers.map(async (register) => register.metrics()));
    const own = [...this.#families(draining), ...this.#process.families()];
    // A name may stand once only: an application with prom-client's default metrics keeps those.
    const families = own.filter(({ name }) => !others.some((text) => text.includes(`# TYPE ${name} `)));
    return [familiesText(families), ...others.map((text) => text.trimEnd())].join('\n').trimEnd().concat('\n');
  }

  /** Stops what runs in the background. */
  close(): void {
    this.#process.close();
  }

  #families(draining: boolean): MetricFamily[] {
    let events = this.#events;
    for (const { stream } of this.#streams) events += stream?.messages ?? 0;
    let [messagesIn, messagesOut] = [this.#messagesIn, this.#messagesOut];
    for (const socket of this.#sockets) {
      messagesIn += socket.messagesIn;
      messagesOut += socket.messagesOut;
    }
    const messages = 'websocket_messages_total';
    const closed = 'websockets_closed_total';
    return [
      {
        name: REQUEST_DURATION,
        help: 'Duration of HTTP requests by route, method and class of status; event streams are not among them.',
        type: 'histogram',
        samples: this.#durations.samples(REQUEST_DURATION),
      },
      single('http_requests_in_flight', 'gauge', 'Requests being answered.', this.#inFlight - this.#streams.size),
      single('http_requests_aborted_total', 'counter', 'Requests whose client left before the answer.', this.#aborted),
      single('sse_streams_open', 'gauge', 'Open event streams.', this.#streams.size),
      single('sse_streams_opened_total', 'counter', 'Event streams opened.', this.#streamsOpened),
      single('sse_events_total', 'counter', 'Events sent.', events),
      single('websockets_open', 'gauge', 'Open WebSockets.', this.#sockets.size),
      single('websockets_opened_total', 'counter', 'WebSockets opened.', this.#socketsOpened),
      {
        name: closed,
        help: 'WebSockets closed, by close code.',
        type: 'counter',
        samples: [...this.#closed].map(([code, count]) => `${closed}${labelsText({ code })} ${count}`),
      },
      {
        name: messages,
        help: 'WebSocket messages by direction.',
        type: 'counter',
        samples: [`${messages}{direction="in"} ${messagesIn}`, `${messages}{direction="out"} ${messagesOut}`],
      },
      single('yunction_draining', 'gauge', 'Whether the server is going down: 1.', draining ? 1 : 0),
    ];
  }
}

/** Codes that a client may make up are no labels: their number would have no end (RFC 6455, section 7.4.2). */
function codeLabel(code: number): string {
  if (code >= 1000 && code <= 1015) return String(code);
  return code >= 4000 ? '4xxx' : '3xxx';
}
