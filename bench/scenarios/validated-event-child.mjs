// See validated-event.mjs. Prints { way: { label, cost: [ns an order, by round] } }.
import { createRequire } from 'node:module';
import { z } from 'zod';
import { isOrder as ajv } from '../peers/ajv.mjs';
import { invalidOrder, order } from './requests.mjs';

const APPLICATION = new URL('../built/yunction/', import.meta.url);
const require = createRequire(new URL('main.js', APPLICATION));
// The copies of the libraries that Yunction and the order's classes use: @Type is stored in the library's own module.
const { plainToInstance } = require('class-transformer');
const { validateSync } = require('class-validator');
const { PlaceOrder } = await import(new URL('order.events.js', APPLICATION).href);

// Not public, as nobody needs a validator without a request: taken from the repository, the package is bundled.
const { createValidator } = await import('../../built/validation/create-validator.js');
const validator = createValidator(PlaceOrder, { unknown: 'strip' });
const zod = z.object({
  customer: z.object({ name: z.string().min(1).max(100), email: z.email() }),
  priority: z.enum(['low', 'normal', 'high']),
  createdAt: z.iso.datetime(),
  note: z.string().max(500).optional(),
  lines: z
    .array(
      z.object({
        sku: z.string().regex(/^[A-Z]{2}-\d{4}$/),
        quantity: z.int().min(1).max(999),
        price: z.number().min(0),
        note: z.string().max(200).optional(),
      }),
    )
    .min(1)
    .max(100),
});

/** Each: is the order valid? A promise only where the way has no other answer. */
const WAYS = {
  libraries: {
    label: 'plainToInstance + validateSync',
    check: (raw) => validateSync(plainToInstance(PlaceOrder, raw), { whitelist: true }).length === 0,
  },
  yunction: {
    label: 'Yunction, to an instance',
    check: (raw) => {
      const verdict = validator.validate(raw);
      return verdict instanceof Promise ? verdict.then(({ ok }) => ok) : verdict.ok;
    },
  },
  ajv: { label: 'Ajv (allErrors), no instance', check: ajv },
  zod: { label: 'zod safeParse', check: (raw) => zod.safeParse(raw).success },
};

const rounds = Number(process.argv[2]);
const ROUND_MS = 40;
// Fresh objects, so that none is a favourite of the inline caches' constant folding.
const orders = Array.from({ length: 64 }, () => structuredClone(order));
const results = Object.fromEntries(Object.entries(WAYS).map(([way, { label }]) => [way, { label, cost: [] }]));
const counts = {};

for (const [way, { check }] of Object.entries(WAYS)) {
  if (!(await check(structuredClone(order)))) throw new Error(`${way} refuses a valid order`);
  if (await check(structuredClone(invalidOrder))) throw new Error(`${way} accepts an invalid order`);
  // Warm up long enough for the compiler.
  const cold = await cpuMs(check, 200);
  counts[way] = Math.ceil((200 * ROUND_MS * 4) / Math.max(cold, 0.1));
  // The speed after warming up decides how many make a round.
  const measured = await cpuMs(check, counts[way]);
  counts[way] = Math.max(64, Math.ceil((counts[way] * ROUND_MS) / Math.max(measured, 0.1)));
}
for (let round = 0; round < rounds; round++) {
  for (const [way, { check }] of Object.entries(WAYS)) {
    results[way].cost.push(((await cpuMs(check, counts[way])) * 1e6) / counts[way]);
  }
}
process.stdout.write(JSON.stringify(results));

async function cpuMs(check, count) {
  const before = process.cpuUsage();
  let valid = 0;
  for (let index = 0; index < count; index++) {
    const verdict = check(orders[index & 63]);
    if (verdict === true || (typeof verdict === 'object' && (await verdict))) valid++;
  }
  if (valid !== count) throw new Error('a valid order was refused');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
