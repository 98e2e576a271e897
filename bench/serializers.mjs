// node bench/serializers.mjs: whether a serializer compiled from a declared `response` would beat JSON.stringify: README.md.
import fastJsonStringify from 'fast-json-stringify'; // comes with Fastify
import { spread } from './statistics.mjs';

const text = { type: 'string' };
const number = { type: 'number' };
const object = (properties) => ({ type: 'object', properties, required: Object.keys(properties) });
const list = (items) => ({ type: 'array', items });

const CASES = {
  'a receipt of 3 fields': {
    value: { customer: 'Ada Lovelace', lines: 10, total: 129.5 },
    schema: object({ customer: text, lines: number, total: number }),
  },
  'an order of 10 lines': {
    value: {
      customer: { name: 'Ada', email: 'ada@example.com' },
      lines: Array.from({ length: 10 }, (_, index) => ({ sku: `AB-${1000 + index}`, quantity: index + 1, price: 9.5 })),
    },
    schema: object({
      customer: object({ name: text, email: text }),
      lines: list(object({ sku: text, quantity: number, price: number })),
    }),
  },
  'a list of 100 items': {
    value: Array.from({ length: 100 }, (_, id) => ({ id, name: `item number ${id}`, tags: ['a', 'b'] })),
    schema: list(object({ id: number, name: text, tags: list(text) })),
  },
};
const ROUNDS = 15;

for (const [title, { value, schema }] of Object.entries(CASES)) {
  const compiled = fastJsonStringify(schema);
  const times = { stringify: [], compiled: [] };
  for (let round = -5; round < ROUNDS; round++) {
    for (const [name, write] of [['stringify', JSON.stringify], ['compiled', compiled]]) {
      const ns = timeOf(write, value);
      if (round >= 0) times[name].push(ns);
    }
  }
  const ratios = times.compiled.map((ns, index) => ns / times.stringify[index]);
  console.log(`${title}: compiled / JSON.stringify = ${spread(ratios).median.toFixed(2)}`);
}

function timeOf(write, value) {
  const count = 2000;
  const start = process.hrtime.bigint();
  let length = 0;
  // As it is written: what a compiled serializer joins is put together only when its bytes are asked for.
  for (let index = 0; index < count; index++) length += Buffer.byteLength(write(value));
  if (length === 0) throw new Error('nothing was written');
  return Number(process.hrtime.bigint() - start) / count;
}
