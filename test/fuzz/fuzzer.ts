// Sends what the generators make to a process of its own, and looks at what comes of it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { TestProcess } from '../fixtures/run-process.js';
import { HeapCourse, SAMPLE_MS } from '../memory/heap-course.js';
import { http, type Input, json, multipart, webSocket } from './generators.js';
import type { Held } from './tell-what-is-held.js';

const KINDS: Readonly<Record<string, fc.Arbitrary<Input>>> = { http, multipart, webSocket, json };

/** How long a connection may stay open when its client has said all that it has to say. */
const HANG_MS = 10_000;
/** How long a client waits for its answer before it ends its side: most of what is not whole gets none. */
const PATIENCE_MS = 30;
const RUNS_OF_A_ROUND = 50;
/** What is fuzzed: an application, or the like of it on node:http and ws alone. */
const PROGRAMS = { yunction: 'fuzz-app.js', bare: 'bare-app.js' } as const;

export interface FuzzReport {
  readonly seed: number;
  /** Connections, by kind. */
  readonly sent: Readonly<Record<string, number>>;
  /** Answers, by status; frames of WebSockets are not counted. */
  readonly statuses: ReadonlyMap<string, number>;
  /** When everything was asked for once, and in the end. */
  readonly before: Held;
  readonly after: Held;
  readonly heap: HeapCourse;
  /** What is wrong, the smallest input included; empty: nothing. */
  readonly failures: readonly string[];
}

/**
 * Fuzzes for a time.
 * @param seed everything that is sent follows from it, but for how many rounds the time allows.
 */
export async function fuzz(
  seed: number,
  milliseconds: number,
  program: keyof typeof PROGRAMS = 'yunction',
): Promise<FuzzReport> {
  const folder = mkdtempSync(join(tmpdir(), 'yunction-fuzz-'));
  const [uploads, snapshots] = [join(folder, 'uploads'), join(folder, 'snapshots')];
  mkdirSync(uploads);
  mkdirSync(snapshots);
  const server = new TestProcess(['--expose-gc', fileURLToPath(new URL(PROGRAMS[program], import.meta.url))], {
    env: {
      PORT: '0',
      YUNCTION_HOST: '127.0.0.1',
      YUNCTION_TMP: uploads,
      SNAPSHOTS: snapshots,
      ACCESS_LOG: 'false',
      LOG_FORMAT: 'json',
      IDLE_CLOSE_MS: '10',
    },
  });
  try {
    return await run(server, seed, milliseconds);
  } finally {
    server.signal('SIGKILL');
    await server.ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(server: TestProcess, seed: number, milliseconds: number): Promise<FuzzReport> {
  const port = await server.port();
  const failures: string[] = [];
  const sent: Record<string, number> = {};
  const statuses = new Map<string, number>();

  const round = async (kind: string, arbitrary: fc.Arbitrary<Input>, number: number) => {
    const property = fc.asyncProperty(arbitrary, async (input) => {
      sent[kind] = (sent[kind] ?? 0) + 1;
      const answer = await exchange(port, input);
      for (const [, status = ''] of answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status >= '500') throw new Error(answer.slice(0, 1000));
      }
      if (server.child.exitCode !== null) throw new Error(`the server has ended: ${server.stdout.slice(-2000)}`);
    });
    const outcome = await fc.check(property, { seed: seed + number, numRuns: RUNS_OF_A_ROUND });
    if (!outcome.failed) return;
    const smallest = outcome.counterexample?.[0].map((piece) => JSON.stringify(piece.toString('latin1'))) ?? [];
    const error =
      outcome.errorInstance instanceof Error ? outcome.errorInstance.message : String(outcome.errorInstance);
    failures.push(`${kind}, seed ${seed + number}: ${error}\n  smallest input: ${smallest.join('\n  + ')}`);
  };
  const roundOfAll = (number: number) =>
    Promise.all(Object.entries(KINDS).map(([kind, arbitrary]) => round(kind, arbitrary, number)));

  await roundOfAll(0); // what is loaded at first use is loaded now
  const before = await settled(server, undefined);
  const until = performance.now() + milliseconds;
  const heap = new HeapCourse();
  let next = performance.now() + SAMPLE_MS;
  for (let number = 1; failures.length === 0 && performance.now() < until; number += 1) {
    await roundOfAll(number);
    if (performance.now() < next) continue;
    next += SAMPLE_MS;
    await settled(server, before); // what is still open differs from one time to the other
    await heap.take(performance.now() / 1000, String(await ask(server, 'SIGUSR1', 'snapshot')));
  }
  const after = await settled(server, before);
  if (after.files > before.files) failures.push(`${after.files} descriptors are open, ${before.files} were before`);
  if (after.temporary > 0) failures.push(`${after.temporary} temporary files are left`);
  failures.push(...heap.failures());
  const good = await exchange(port, [Buffer.from('GET /good HTTP/1.1\r\nHost: a\r\n\r\n')]);
  if (!good.endsWith('good')) failures.push(`the next good request is answered ${JSON.stringify(good)}`);
  for (const { level, msg } of server.lines()) {
    if (level === 'error' || level === 'fatal') failures.push(`the log has an error: ${String(msg)}`);
  }
  return { seed, sent, statuses, before, after, heap, failures };
}

/** Writes all pieces, ends its side, and resolves with what came when the server has ended too. */
function exchange(port: number, input: Input): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => {
      reject(new Error(`the connection is still open after ${HANG_MS} ms`));
      socket.destroy();
    }, HANG_MS);
    socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
    const answered = new Promise<void>((first) => {
      socket.once('data', () => first());
      socket.once('close', () => first());
    });
    // A reset is an answer too; whether the server is still there is asked elsewhere.
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
    socket.on('connect', () => void writeAll());
    const writeAll = async () => {
      for (const piece of input) {
        socket.write(piece);
        await new Promise((next) => void setImmediate(next));
      }
      // Node takes the end of a client's side for its leaving, and drops what is not answered by then.
      if (chunks.length === 0) await Promise.race([answered, sleep(PATIENCE_MS)]);
      socket.end();
    };
  });
}

/** What the server holds when it has let go of all that it will let go of, within some seconds. */
async function settled(server: TestProcess, before: Held | undefined): Promise<Held> {
  const held = async () => (await ask(server, 'SIGUSR2', 'held')) as Held;
  let now = await held();
  for (let tries = 0; tries < 20; tries += 1) {
    const last = now;
    await sleep(250);
    now = await held();
    const quiet = now.files === last.files && now.temporary === 0;
    if (quiet && tries > 2 && (before === undefined || now.files <= before.files)) break;
  }
  return now;
}

/** What the server says to a signal, on a line that begins with a word. */
async function ask(server: TestProcess, signal: NodeJS.Signals, word: string): Promise<unknown> {
  const mark = `\n${word} `;
  const count = () => server.stdout.split(mark).length;
  const known = count();
  server.signal(signal);
  while (count() === known) {
    if (server.child.exitCode !== null) throw new Error(`the server has ended: ${server.stdout.slice(-2000)}`);
    await sleep(10);
  }
  const line = server.stdout.slice(server.stdout.lastIndexOf(mark) + mark.length);
  return JSON.parse(line.slice(0, line.indexOf('\n')));
}

/** The report in words. */
export function describeReport({ seed, sent, statuses, before, after, heap, failures }: FuzzReport): string {
  return [
    `seed ${seed}: ${Object.entries(sent)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', ')}`,
    `statuses: ${[...statuses]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([status, count]) => `${status} × ${count}`)
      .join(', ')}`,
    `descriptors ${before.files} → ${after.files}, temporary files ${after.temporary}`,
    heap.toString(),
    ...failures.map((failure) => `FAILED ${failure}`),
  ].join('\n');
}
