import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Type } from 'class-transformer';
import { Allow, IsInt, IsString, Length, Min, ValidateNested, ValidatePromise } from 'class-validator';
import { createValidator } from '#src/validation/create-validator.js';
import type { Validated } from '#src/validation/event-validator.js';
import { createLibraryValidator } from '#src/validation/library-validator.js';

class Line {
  @IsString() @Length(2, 20) sku!: string;
  @IsInt() @Min(1) quantity!: number;
}
class Order {
  @IsInt({ groups: ['strict'] }) number!: unknown;
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
}

const INPUTS = [
  { number: 1, lines: [] },
  { number: 'one', lines: [{ sku: 'tea', quantity: 1, extra: 1 }], extra: {} },
  { number: 1.5, lines: [{ sku: 't', quantity: 0 }, null, 5, { sku: 'tea' }] },
  { lines: 'none' },
  {},
];

describe('createValidator', () => {
  // The first of this file: the libraries have not been loaded yet.
  it('answers later as long as the libraries are being loaded, and at once afterwards', async () => {
    const validator = createValidator(Line, { unknown: 'strip' });
    assert.deepEqual(validator.explain(), []);
    const first = validator.validate({ sku: 'tea', quantity: 1 });
    assert.ok(first instanceof Promise);
    assert.deepEqual(await first, { ok: true, value: Object.assign(new Line(), { sku: 'tea', quantity: 1 }) });
    assert.ok(!(validator.validate({ sku: 'tea', quantity: 1 }) instanceof Promise));
  });

  for (const unknown of ['strip', 'reject', 'keep'] as const) {
    for (const groups of [undefined, ['strict'], ['other']]) {
      it(`says what the libraries say: unknown ${unknown}, groups ${String(groups)}`, async () => {
        const options = { unknown, ...(groups === undefined ? {} : { groups }) };
        const compiled = createValidator(Order, options);
        const library = createLibraryValidator(Order, options);
        for (const input of INPUTS) assert.deepEqual(await compiled.validate(input), await library.validate(input));
        assert.deepEqual(compiled.explain(), []);
      });
    }
  }

  it('tells 100 failures, or as many as are asked for', async () => {
    const input = { lines: Array.from({ length: 200 }, () => ({ sku: 1, quantity: 1 })) };
    const count = (verdict: Validated<object>): number => (verdict.ok ? -1 : verdict.failures.length);
    assert.equal(count(await createValidator(Order, { unknown: 'strip' }).validate(input)), 100);
    assert.equal(count(await createValidator(Order, { unknown: 'strip', maxErrors: 3 }).validate(input)), 3);
    assert.equal(count(await createValidator(Order, { unknown: 'strip', maxErrors: 1000 }).validate(input)), 401);
  });

  it('leaves to the libraries what cannot be compiled, and says so', async () => {
    class Setting {
      #kept: unknown;
      @IsInt() set value(value: unknown) {
        this.#kept = value;
      }
      get value(): unknown {
        return this.#kept;
      }
    }
    const validator = createValidator(Setting, { unknown: 'strip' });
    assert.deepEqual(validator.explain(), ['Setting: value: a setter']);
    const verdict = await validator.validate({ value: 'x' });
    assert.deepEqual(verdict.ok || verdict.failures.map(({ path, rule }) => [path, rule]), [['value', 'isInt']]);
  });

  it('answers with a promise where the input holds one that is to be waited for', async () => {
    class Waiting {
      @ValidatePromise() @IsInt() soon!: unknown;
      @Allow() more!: unknown;
    }
    const validator = createValidator(Waiting, { unknown: 'strip' });
    const answers = [1, 'x'].map(async (soon) => validator.validate({ soon: Promise.resolve(soon) }));
    const verdicts = await Promise.all(answers);
    assert.deepEqual(
      verdicts.map(({ ok }) => ok),
      [true, false],
    );
  });
});
