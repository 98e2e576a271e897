// `npm run fuzz -- --seed 7 --minutes 10`
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { describeReport, fuzz } from './fuzzer.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string', default: '10' },
    /** A server on node:http and ws alone: what its memory does by itself. It answers as it likes. */
    bare: { type: 'boolean', default: false },
  },
});
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
const minutes = Number(values.minutes);
if (!Number.isSafeInteger(seed) || !(minutes > 0)) {
  process.stderr.write('usage: npm run fuzz -- [--seed <whole number>] [--minutes <number>]\n');
  process.exit(2);
}
process.stdout.write(`seed ${seed}, ${minutes} minutes\n`);
const report = await fuzz(seed, minutes * 60_000, values.bare ? 'bare' : 'yunction');
process.stdout.write(`${describeReport(report)}\n`);
process.exitCode = report.failures.length === 0 ? 0 : 1;
