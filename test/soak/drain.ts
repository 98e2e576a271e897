// `npm run soak:drain`: SIGTERM under load, 20 times for each framework, and what became of the requests.
// Fastify and Nest are those of bench/ (`npm ci` there); where they are not installed, that is said.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { KeepAliveClient, type Tally } from '../fixtures/keep-alive-client.js';
import { ROOT, TestProcess } from '../fixtures/run-process.js';

const CLIENTS = 64;
const LOAD_MS = 700;
/** Whoever has not ended by then is killed, and counted as one that does not end. */
const PATIENCE_MS = 10_000;

interface Peer {
  readonly name: string;
  readonly script: string;
  /** What has to be installed in bench/. */
  readonly needs?: string;
}

const PEERS: readonly Peer[] = [
  { name: 'yunction', script: 'test/built/fixtures/load-app.js' },
  { name: 'fastify', script: 'test/soak/peers/fastify.mjs', needs: 'fastify' },
  { name: 'nest (fastify)', script: 'test/soak/peers/nest.mjs', needs: '@nestjs/platform-fastify' },
];

interface Run {
  readonly lost: number;
  readonly serverErrors: number;
  readonly requests: number;
  /** Milliseconds from SIGTERM to the end; `undefined`: it had to be killed. */
  readonly exitMs: number | undefined;
}

async function run(script: string): Promise<Run> {
  const env = { PORT: '0', YUNCTION_HOST: '127.0.0.1', ACCESS_LOG: 'false' };
  const [first, second] = [
    new TestProcess([join(ROOT, script)], { env }),
    new TestProcess([join(ROOT, script)], { env }),
  ];
  const ports = await Promise.all([first.port(), second.port()]);
  const tally: Tally = { answered: 0, lost: 0, serverErrors: 0, wrongAnswers: 0 };
  let goesOn = true;
  const clients = Array.from({ length: CLIENTS }, () => new KeepAliveClient(ports, tally).run(() => goesOn));
  await sleep(LOAD_MS);
  const began = performance.now();
  first.signal('SIGTERM');
  const ended = await Promise.race([first.ended, sleep(PATIENCE_MS)]);
  const exitMs = ended === undefined ? undefined : Math.round(performance.now() - began);
  if (exitMs === undefined) first.signal('SIGKILL');
  await sleep(300); // all of them at the second server now
  goesOn = false;
  await Promise.all(clients);
  second.signal('SIGKILL');
  await Promise.all([first.ended, second.ended]);
  return { lost: tally.lost, serverErrors: tally.serverErrors, requests: tally.answered + tally.lost, exitMs };
}

function summary(name: string, runs: readonly Run[]): string {
  const sum = (of: (run: Run) => number) => runs.reduce((total, each) => total + of(each), 0);
  const exits = runs.flatMap(({ exitMs }) => (exitMs === undefined ? [] : [exitMs])).sort((a, b) => a - b);
  const killed = runs.length - exits.length;
  const exit =
    exits.length === 0 ? 'never' : `${exits[0]} to ${exits.at(-1)} ms${killed === 0 ? '' : `, ${killed} killed`}`;
  const perRun = runs.map(({ lost }) => lost).join(' ');
  return [
    name,
    String(sum(({ requests }) => requests)),
    `${sum(({ lost }) => lost)} (${perRun})`,
    String(sum(({ serverErrors }) => serverErrors)),
    exit,
  ].join(' | ');
}

const { values } = parseArgs({ options: { runs: { type: 'string', default: '20' } } });
process.stdout.write(`${values.runs} runs each, ${CLIENTS} keep-alive connections, SIGTERM after ${LOAD_MS} ms\n`);
process.stdout.write('framework | requests | lost (each run) | 5xx | from SIGTERM to exit\n');
for (const { name, script, needs } of PEERS) {
  if (needs !== undefined && !existsSync(join(ROOT, 'bench/node_modules', needs))) {
    process.stdout.write(`${name} | not installed: run npm ci in bench/\n`);
    continue;
  }
  const runs: Run[] = [];
  while (runs.length < Number(values.runs)) runs.push(await run(script));
  process.stdout.write(`${summary(name, runs)}\n`);
}
