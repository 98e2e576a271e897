// Compares an order of 10 lines, from parsed value to validated instance: the libraries, Yunction's compiled form, Ajv.
// Usage: npm run build && node bench/validation.mjs [rounds]
// Each round measures every way in turn, so that what else the machine does meets all of them alike; the medians and
// their ratios are printed. Ajv is looked for in bench/node_modules.
import { createRequire } from 'node:module';

// The framework's own libraries, not the ones installed for the bench: class-transformer keeps its metadata in a module.
const own = createRequire(new URL('../package.json', import.meta.url));
own('reflect-metadata');
const V = own('class-validator');
const T = own('class-transformer');
const { loadLibraries } = await import('../built/validation/libraries.js');
const { createValidator } = await import('../built/validation/create-validator.js');
const { createLibraryValidator } = await import('../built/validation/library-validator.js');
await loadLibraries();

const bare = createRequire(import.meta.url);
const load = (name) => {
  try {
    return bare(process.env.AJV_FOLDER ? `${process.env.AJV_FOLDER}/node_modules/${name}` : name);
  } catch {
    return undefined;
  }
};
const Ajv = load('ajv');
const formats = load('ajv-formats');

function declare(eventClass, properties) {
  for (const [name, decorators] of Object.entries(properties)) {
    const [type, ...rest] = decorators;
    Reflect.decorate([...rest, Reflect.metadata('design:type', type)], eventClass.prototype, name);
  }
}
class Customer {}
declare(Customer, {
  name: [String, V.IsString(), V.Length(1, 80)],
  email: [String, V.IsEmail()],
});
class Line {}
declare(Line, {
  sku: [String, V.IsString(), V.Length(3, 20)],
  quantity: [Number, V.IsInt(), V.Min(1), V.Max(1000)],
  price: [Number, V.IsNumber(), V.IsPositive()],
  note: [String, V.IsOptional(), V.IsString(), V.MaxLength(200)],
});
class Order {}
declare(Order, {
  customer: [Customer, V.ValidateNested(), T.Type(() => Customer)],
  lines: [
    Array,
    V.IsArray(),
    V.ArrayMinSize(1),
    V.ArrayMaxSize(100),
    V.ValidateNested({ each: true }),
    T.Type(() => Line),
  ],
  priority: [String, V.IsIn(['low', 'normal', 'high'])],
  createdAt: [Date, V.IsDate(), T.Type(() => Date)],
});

const order = () => ({
  customer: { name: 'Ada Lovelace', email: 'ada@example.com' },
  lines: Array.from({ length: 10 }, (_, index) => ({
    sku: `SKU-${1000 + index}`,
    quantity: index + 1,
    price: 9.95 + index,
    ...(index % 2 === 0 ? { note: 'gift wrapped' } : {}),
  })),
  priority: 'normal',
  createdAt: '2026-11-23T09:30:00.000Z',
});
const invalid = () => {
  const value = order();
  value.customer.email = 'nobody';
  value.lines[3].quantity = 0;
  value.lines[7].sku = 'x';
  return value;
};
const schema = {
  type: 'object',
  required: ['customer', 'lines', 'priority', 'createdAt'],
  properties: {
    customer: {
      type: 'object',
      required: ['name', 'email'],
      properties: { name: { type: 'string', minLength: 1, maxLength: 80 }, email: { type: 'string', format: 'email' } },
    },
    lines: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: {
        type: 'object',
        required: ['sku', 'quantity', 'price'],
        properties: {
          sku: { type: 'string', minLength: 3, maxLength: 20 },
          quantity: { type: 'integer', minimum: 1, maximum: 1000 },
          price: { type: 'number', exclusiveMinimum: 0 },
          note: { type: 'string', maxLength: 200 },
        },
      },
    },
    priority: { enum: ['low', 'normal', 'high'] },
    createdAt: { type: 'string', format: 'date-time' },
  },
};

function ways(make) {
  // As many values as a server would see one after another: one value for ever would flatter every cache.
  const values = Array.from({ length: 64 }, make);
  let next = 0;
  const value = () => values[next++ & 63];
  const list = [['libraries', () => V.validateSync(T.plainToInstance(Order, value()), { whitelist: true }), 200]];
  for (const unknown of ['strip', 'reject', 'keep']) {
    const validator = createValidator(Order, { unknown });
    list.push([`compiled, ${unknown}`, () => validator.validate(value()), 10_000]);
    console.log(`left to the libraries (${unknown}):`, validator.explain());
  }
  if (Ajv && formats) {
    const ajv = new Ajv.default({ allErrors: true });
    formats.default(ajv);
    const check = ajv.compile(schema);
    list.push(['Ajv, allErrors', () => check(value()), 10_000]);
  }
  return list;
}

function measure(title, make, rounds) {
  const list = ways(make);
  const times = list.map(() => []);
  for (let round = 0; round < rounds; round++) {
    list.forEach(([, run, count], index) => {
      const start = process.cpuUsage();
      for (let i = 0; i < count; i++) run();
      const { user, system } = process.cpuUsage(start);
      times[index].push(((user + system) * 1000) / count);
    });
  }
  const medians = times.map((all) => all.sort((a, b) => a - b)[all.length >> 1]);
  const reference = medians[list.findIndex(([name]) => name.startsWith('Ajv'))];
  console.log(`\n${title}`);
  list.forEach(([name], index) => {
    const ratios = [`${(medians[0] / medians[index]).toFixed(0)} times faster than the libraries`];
    if (reference) ratios.push(`${(medians[index] / reference).toFixed(2)} of Ajv`);
    console.log(`${name.padEnd(20)} ${medians[index].toFixed(0).padStart(8)} ns   ${ratios.join(', ')}`);
  });
}

const rounds = Number(process.argv[2] ?? 40);
const verdict = createValidator(Order, { unknown: 'strip' }).validate(order());
if (verdict instanceof Promise || !verdict.ok) throw new Error('the order should be valid');
const { failures } = await createValidator(Order, { unknown: 'strip' }).validate(invalid());
const expected = await createLibraryValidator(Order, { unknown: 'strip' }).validate(invalid());
if (JSON.stringify(failures) !== JSON.stringify(expected.failures)) throw new Error('the failures differ');
measure('a valid order of 10 lines', order, rounds);
measure('an invalid order of 10 lines', invalid, rounds);
