// npm run bench: measures Yunction and its peers in one run. See README.md.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PEERS } from './peers.mjs';
import { packedForms, prepare } from './prepare.mjs';

const BENCH = fileURLToPath(new URL('.', import.meta.url));

// How much is measured. A slice is the time that one peer's work of one round takes, about.
const FULL = {
  rounds: 15,
  sliceMs: 250,
  warmUpMs: 1500,
  crowd: 1000,
  crowdRounds: 5,
  publications: 5,
  memoryCrowd: 2500,
  memoryRounds: 2,
  coldRounds: 7,
  eventRounds: 25,
};
const QUICK = {
  rounds: 2,
  sliceMs: 100,
  warmUpMs: 150,
  crowd: 100,
  crowdRounds: 2,
  publications: 3,
  memoryCrowd: 400,
  memoryRounds: 1,
  coldRounds: 1,
  eventRounds: 3,
};

const { quick, only, peers: chosen } = readFlags();
const settings = quick ? QUICK : FULL;

prepare();
// After the installation, as the load needs ws; it makes a temporary folder and stops everything at the end.
const { pinned, temporaryFolder } = await import('./load/processes.mjs');
const { startLoad } = await import('./load/load.mjs');
const { ServerPool } = await import('./load/server-pool.mjs');
const { SCENARIOS } = await import('./scenarios/all.mjs');

const selected = SCENARIOS.filter(({ name }) => only.length === 0 || only.includes(name));
refuseUnknown('--only', only, SCENARIOS);
refuseUnknown('--peers', chosen, PEERS);
// The floor takes part always: everything is measured by it.
const peers = PEERS.filter(({ name }) => chosen.length === 0 || name === 'floor' || chosen.includes(name));
const withYunction = peers.some(({ name }) => name === 'yunction');
const { packed, notes } = withYunction ? packedForms(join(temporaryFolder, 'packed')) : { packed: [], notes: [] };

const say = (text) => process.stderr.write(`${new Date().toTimeString().slice(0, 8)} ${text}\n`);
const begin = performance.now();
const load = startLoad();
const servers = new ServerPool(quick === true);
const results = {
  about: {
    date: new Date().toISOString().slice(0, 10),
    node: process.version.slice(1),
    cpu: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: cpus().length,
    pinned,
    settings: quick ? '--quick: a smoke run, no figures to quote' : `${settings.rounds} interleaved rounds`,
    versions: versions(),
  },
  notes,
  peers: [...peers, ...packed].map(({ name, label }) => ({ name, label })),
  scenarios: {},
};
for (const { name, title, unit, run } of selected) {
  try {
    results.scenarios[name] = { title, unit, rows: await run({ peers, packed, load, servers, settings, say }) };
  } catch (error) {
    notes.push(`${title}: not measured, ${error.message}`);
  }
}
await servers.close();
await load.stop();

// Figures of a part, or of a smoke run, must not take the place of the real ones.
const whole = !quick && only.length === 0 && chosen.length === 0;
const folder = whole ? BENCH : join(BENCH, 'built/report');
mkdirSync(join(BENCH, 'built/report'), { recursive: true });
writeFileSync(join(BENCH, 'built/report/figures.json'), JSON.stringify(results));
const { report } = await import('./report.mjs');
report(results, folder);
const failures = Object.entries(results.scenarios).flatMap(([scenario, { rows }]) =>
  Object.entries(rows)
    .filter(([, { failure }]) => failure !== undefined)
    .map(([peer, { failure }]) => `${scenario}, ${peer}: ${failure}`),
);
for (const problem of [...notes, ...failures]) say(problem);
say(`${join(folder, 'RESULTS.md')}, after ${Math.round((performance.now() - begin) / 1000)} s`);
process.exit(failures.length === 0 ? 0 : 1);

function readFlags() {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean' }, only: { type: 'string' }, peers: { type: 'string' } },
  });
  const list = (text) => text?.split(',').filter(Boolean) ?? [];
  return { quick: values.quick === true, only: list(values.only), peers: list(values.peers) };
}

function refuseUnknown(flag, names, known) {
  const unknown = names.filter((name) => !known.some((one) => one.name === name));
  if (unknown.length === 0) return;
  process.stderr.write(`${flag}: no ${unknown.join(', ')}; there are ${known.map(({ name }) => name).join(', ')}\n`);
  process.exit(1);
}

function versions() {
  const shown = [
    'yunction',
    'ws',
    'busboy',
    'ajv',
    'fastify',
    '@nestjs/core',
    'hono',
    '@hono/node-server',
    'zod',
    'koa',
    'express',
    'routing-controllers',
    '@cloudbase/functions-framework',
    'class-validator',
    'class-transformer',
  ];
  return shown.map((name) => {
    const path = join(BENCH, 'node_modules', name, 'package.json');
    return { name, version: JSON.parse(readFileSync(path, 'utf8')).version };
  });
}
