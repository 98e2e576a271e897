// A process of the soak's clients. It is told where the instances are, and at the end how much was published.
import { EventSource } from 'eventsource';
import { WebSocket as Ws } from 'ws';
import { ClientError, connect, streamEvents } from 'yunction/client';
import { Account, type Feed, type Kind } from './account.js';
import type { Asked, ClientsOrder, ClientsReady, ClientsReport, FinishOrder } from './clients-report.js';

interface Numbered {
  readonly number: number;
}

/** Instead of a message: what is wrong. */
interface ProblemFrame {
  readonly number?: undefined;
  readonly error?: { readonly code?: string };
}

const BACKOFF = { minMs: 100, maxMs: 1000 };
const ASK_EVERY_MS = 2000;
const ANSWER_MS = 10_000;
/** How long is waited for the rest when all is published. */
const CATCH_UP_MS = 45_000;

const accounts: Account[] = [];
const failures: string[] = [];
const asked: Asked = { asked: 0, answered: 0, unanswered: {}, handledTwice: 0, refused: 0 };
let connects = 0;
/** Clients that get whatever is published from now on. */
let ready = 0;
let urls: readonly string[] = [];
let next = 0;
let finished = false;
let resume = true;

/** Each connection goes to the next instance: the load is spread without affinity. */
function nextUrl(): string {
  return urls[next++ % urls.length] ?? '';
}

const direct = globalThis.fetch;

/** As a balancer would: whatever the path, an instance is chosen for each request. */
async function balancedFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const { pathname } = new URL(url instanceof Request ? url.url : url);
  const response = await direct(`${nextUrl()}${pathname}`, init);
  if (response.ok) connects += 1;
  return response;
}
globalThis.fetch = balancedFetch;

async function followByStreamEvents(account: Account): Promise<void> {
  ready += 1; // it begins with the first message, whenever it begins
  try {
    for await (const { event, data } of streamEvents<Numbered>('http://balanced/feed', { backoff: BACKOFF })) {
      if (event === 'gap') account.announceGap();
      else if (event === 'error') failures.push(`streamEvents: an event error: ${JSON.stringify(data)}`);
      else account.take(data.number, performance.now());
    }
    failures.push('streamEvents has ended by itself');
  } catch (error) {
    // Only its first attempt may fail, and the clients begin when all instances are there.
    failures.push(`streamEvents: ${String(error)}`);
  }
}

/** The independent check. By its specification it gives up after a 503: then another is made, as a page would. */
function followByEventSource(account: Account, lastEventId = ''): void {
  let seen = lastEventId;
  if (seen === '') ready += 1;
  const source = new EventSource('http://balanced/feed', {
    fetch: (url, init) =>
      balancedFetch(url, {
        ...init,
        headers: { ...init.headers, ...(seen === '' ? {} : { 'Last-Event-ID': seen }) },
      }),
  });
  source.addEventListener('message', ({ data, lastEventId: id }) => {
    seen = id;
    account.take((JSON.parse(String(data)) as Numbered).number, performance.now());
  });
  source.addEventListener('gap', () => account.announceGap());
  source.addEventListener('error', () => {
    if (source.readyState !== EventSource.CLOSED) return;
    source.close();
    if (!finished) setTimeout(() => followByEventSource(account, seen), 200);
  });
}

function followByConnect(account: Account, name: string): void {
  const connection = connect<Numbered | ProblemFrame, { type: 'ask'; question: string }>(
    () => `${nextUrl().replace('http', 'ws')}/socket`,
    { resume, backoff: BACKOFF, WebSocket: Ws },
  );
  connection.on('message', (message) => {
    if (typeof message.number === 'number') account.take(message.number, performance.now());
    // Without Redis no session can be read: the server says so, and closes with 1011.
    else if (message.error?.code === 'UNAVAILABLE') asked.refused += 1;
    else failures.push(`connect was given no message of the feed: ${JSON.stringify(message)}`);
  });
  connection.on('gap', () => account.announceGap());
  connection.on('session-lost', () => (account.sessionsLost += 1));
  connection.on('open', ({ resumed }) => {
    connects += 1;
    if (resumed) account.resumed += 1;
  });
  connection.on('close', ({ code, final }) => {
    if (final) failures.push(`connect has closed for good: ${code}`);
  });
  let count = 0;
  const ask = async () => {
    if (finished) return;
    asked.asked += 1;
    const question = `${name}:${(count += 1)}`;
    try {
      const { handled } = await connection.request<{ handled: number }>(
        { type: 'ask', question },
        { timeoutMs: ANSWER_MS },
      );
      asked.answered += 1;
      if (handled !== 1) asked.handledTwice += 1;
    } catch (error) {
      const code = error instanceof ClientError ? error.code : String(error);
      asked.unanswered[code] = (asked.unanswered[code] ?? 0) + 1;
    }
  };
  // It is answered after the handler of `open`, which joins the feed.
  connection.request({ type: 'ask', question: `${name}:0` }).then(
    () => (ready += 1),
    (error: unknown) => failures.push(`the first request: ${String(error)}`),
  );
  setTimeout(() => setInterval(() => void ask(), ASK_EVERY_MS), Math.random() * ASK_EVERY_MS);
}

function begin({ urls: instances, kinds, name, resume: goesOn }: ClientsOrder): void {
  urls = instances;
  resume = goesOn;
  for (const [index, kind] of kinds.entries()) {
    const account = new Account(kind);
    accounts.push(account);
    begun[kind](account, `${name}-${index}`);
  }
}

const begun: Record<Kind, (account: Account, name: string) => unknown> = {
  streamEvents: followByStreamEvents,
  eventsource: (account) => followByEventSource(account),
  connect: followByConnect,
};

async function finish(feed: Feed): Promise<void> {
  const until = performance.now() + CATCH_UP_MS;
  while (accounts.some((account) => account.lost(feed) > 0) && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  finished = true;
  const report: ClientsReport = {
    accounts: accounts.map((account) => {
      const { missing: _missing, ...counts } = account;
      return { ...counts, lost: account.lost(feed), invented: account.invented(feed) };
    }),
    connects,
    failures,
    asked,
  };
  process.send?.(report, () => process.exit());
}

process.on('message', (order: ClientsOrder | FinishOrder) => {
  if ('passedOver' in order) void finish(order);
  else begin(order);
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit());
const telling = setInterval(() => {
  const says: ClientsReady = { ready };
  process.send?.(says);
  if (ready === accounts.length && ready > 0) clearInterval(telling);
}, 100);
