// npm run soak -- --seconds 60 --clients 300 --rate 200: docs/realtime.md, "Soak".
import { parseArgs } from 'node:util';
import { brokenPromises, showFigures } from './show-figures.js';
import { soak } from './soak.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    minutes: { type: 'string' },
    clients: { type: 'string', default: '300' },
    rate: { type: 'string', default: '200' },
    /** Instances that are never ended. */
    spare: { type: 'string' },
    /** Of the same on node:http, ws and ioredis alone: what their memory does by itself. */
    bare: { type: 'boolean', default: false },
    /** For the instances, such as `--cpu-prof` or `--heapsnapshot-signal=SIGUSR2`. */
    'node-options': { type: 'string' },
  },
});
const seconds = values.minutes === undefined ? Number(values.seconds) : Number(values.minutes) * 60;
const figures = await soak({
  program: values.bare ? 'bare' : 'yunction',
  seconds,
  clients: Number(values.clients),
  rate: Number(values.rate),
  pauseMs: 5000,
  endEveryMs: 4000,
  executionTimeoutMs: 20_000,
  // Memory is told of a process that lives long.
  spared: Number(values.spare ?? (values.minutes === undefined ? 0 : 1)),
  nodeOptions: values['node-options'],
});
process.stdout.write(`${showFigures(figures, seconds)}\n`);
// Without Yunction nothing is promised.
const broken = values.bare ? [] : brokenPromises(figures);
for (const text of broken.slice(0, 20)) process.stdout.write(`NOT KEPT: ${text}\n`);
process.exitCode = broken.length === 0 ? 0 : 1;
