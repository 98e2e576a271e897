import 'reflect-metadata';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Expose, Transform, Type } from 'class-transformer';
import {
  Allow,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Max,
  registerDecorator,
  ValidateIf,
  ValidateNested,
  ValidatePromise,
} from 'class-validator';
import { HttpError } from '#src/errors/http-error.js';
import type { EventClass, UnknownProperties, Validated } from '#src/validation/event-validator.js';
import { createValidator } from '#src/validation/create-validator.js';
import { loadLibraries } from '#src/validation/libraries.js';

await loadLibraries();

class Item {
  @IsInt() @Max(10, { message: '$property of $value' }) count!: number;
}
class Basket {
  @IsArray() @ValidateNested({ each: true }) @Type(() => Item) items!: Item[];
  @IsOptional() @IsString() note?: string;
}

/** A rule of the user's own, and what it has been asked about. */
function Watched(seen: unknown[], answer: (value: unknown) => boolean | Promise<boolean> = () => true) {
  return (target: object, propertyName: string): void => {
    registerDecorator({
      name: 'watched',
      target: target.constructor,
      propertyName,
      validator: {
        validate: (value, args) => {
          seen.push(structuredClone({ ...args?.object }));
          return answer(value);
        },
      },
    });
  };
}

function sync(eventClass: EventClass, input: object, unknown: UnknownProperties = 'strip'): Validated<object> {
  const verdict = createValidator(eventClass, { unknown }).validate(input);
  assert.ok(!(verdict instanceof Promise));
  return verdict;
}

describe('a compiled validator', () => {
  it('answers without a promise', () => {
    const verdict = sync(Basket, { items: [{ count: 1, extra: 1 }], extra: 1 });
    assert.ok(verdict.ok);
    assert.deepEqual({ ...verdict.value }, { items: [Object.assign(new Item(), { count: 1 })] });
    assert.ok(verdict.value instanceof Basket && verdict.value.items[0] instanceof Item);
  });

  it('tells failures with their paths, without the value', () => {
    const verdict = sync(Basket, { items: [{ count: 5 }, { count: 99 }, null], note: 5 });
    assert.deepEqual(verdict, {
      ok: false,
      failures: [
        { path: 'items[1].count', rule: 'max', message: 'count of the value' },
        {
          path: 'items[2]',
          rule: 'nestedValidation',
          message: 'each value in nested property items must be either object or array',
        },
        { path: 'note', rule: 'isString', message: 'note must be a string' },
      ],
    });
  });

  it('tells so many failures at most, and words no others', () => {
    let worded = 0;
    class Bad {
      @IsInt({ message: () => `${++worded}` }) a!: number;
      @IsInt() b!: number;
    }
    class Bads {
      @ValidateNested() @Type(() => Item) items!: Item[];
      @ValidateNested() @Type(() => Bad) bad!: Bad;
    }
    const items = Array.from({ length: 1000 }, () => ({ count: 'x' }));
    const verdict = createValidator(Bads, { unknown: 'strip', maxErrors: 3 }).validate({ items, bad: {} });
    assert.ok(!(verdict instanceof Promise) && !verdict.ok);
    assert.deepEqual(
      verdict.failures.map(({ path }) => path),
      ['items[0].count', 'items[0].count', 'items[1].count'],
    );
    assert.equal(worded, 1);
  });

  it('strips only what is validated, as the library does', () => {
    class Loose {
      @Allow() @Type(() => Item) item!: Item;
    }
    class Conditional {
      @ValidateIf(() => false) @ValidateNested() @Type(() => Item) item!: Item;
    }
    for (const eventClass of [Loose, Conditional]) {
      const verdict = sync(eventClass, { item: { count: 'x', extra: 1 }, extra: 3 });
      assert.deepEqual(verdict.ok && JSON.parse(JSON.stringify(verdict.value)), { item: { count: 'x', extra: 1 } });
    }
  });

  it('does not trust what a transformation has made', () => {
    class Made {
      @ValidateNested()
      @Transform(() => Object.assign(new Item(), { count: 1, extra: 2 }))
      one!: Item;
      @ValidateNested()
      @Transform(({ value }) =>
        value === 'null' ? Object.assign(Object.create(null) as object, { count: 1 }) : new Item(),
      )
      two!: object;
    }
    const verdict = sync(Made, { one: {} });
    assert.deepEqual(verdict.ok && { ...(verdict.value as Made).one }, { count: 1 });
    const refused = sync(Made, { one: {}, two: 'null' });
    assert.deepEqual(refused.ok ? [] : refused.failures.map(({ path, rule }) => [path, rule]), [
      ['two', 'nestedValidation'],
    ]);
  });

  it("shows a rule of the user's own the objects that are not stripped yet", () => {
    const seen: unknown[] = [];
    class Holder {
      @Watched(seen) first!: string;
      @ValidateNested() @Type(() => Item) item!: Item;
    }
    const verdict = sync(Holder, { first: 'a', item: { count: 1, extra: 2 }, extra: 1 });
    assert.deepEqual(seen, [{ first: 'a', item: { count: 1, extra: 2 } }]);
    assert.deepEqual(verdict.ok && { ...(verdict.value as Holder).item }, { count: 1 });
  });

  it("asks a rule of the user's own once, whatever the verdict", () => {
    const seen: unknown[] = [];
    class Once {
      @Watched(seen) a!: string;
      @IsInt() b!: number;
    }
    sync(Once, { a: 'x', b: 'no' });
    sync(Once, { a: 'x', b: 1 });
    assert.equal(seen.length, 2);
  });

  it('answers with a promise where a rule is asynchronous, and forgets it then', async () => {
    class Later {
      @Watched([], async (value) => {
        await new Promise((resolve) => setImmediate(resolve));
        return value !== 'taken';
      })
      name!: string;
    }
    const validator = createValidator(Later, { unknown: 'strip' });
    const answers = [validator.validate({ name: 'taken' }), validator.validate({ name: 'free' })];
    assert.ok(answers.every((answer) => answer instanceof Promise));
    assert.deepEqual(
      (await Promise.all(answers)).map(({ ok }) => ok),
      [false, true],
    );
    assert.ok(!(createValidator(Item, { unknown: 'strip' }).validate({ count: 1 }) instanceof Promise));
  });

  it('throws what a rule throws, and leaves no rejection of another behind', async () => {
    class Broken {
      @Watched([], () => Promise.reject(new Error('late'))) a!: string;
      @Watched([], () => {
        throw new RangeError('now');
      })
      b!: string;
    }
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): number => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    assert.throws(() => sync(Broken, { a: 1, b: 1 }), { message: 'now' });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listener);
    assert.deepEqual(unhandled, []);
    assert.ok(sync(Item, { count: 1 }).ok);
  });

  it('lets a transformation validate another event meanwhile', () => {
    class Outer {
      @Transform(({ value }: { value: object }) => sync(Basket, { items: [], other: value }).ok)
      @Allow()
      ok!: boolean;
      @ValidateNested() @Type(() => Object) plain!: object;
    }
    const first = sync(Outer, { ok: {}, plain: { x: 1 } });
    assert.deepEqual(first.ok ? [] : first.failures.map(({ rule }) => rule), ['unknownValue']);
  });

  it('gives the input to the library from the start where a transformation throws', async () => {
    class Kind {
      @IsInt() n!: number;
    }
    class Told {
      @ValidateNested()
      @Type(() => Object, { discriminator: { property: 'kind', subTypes: [{ name: 'kind', value: Kind }] } })
      one!: object;
      @Allow()
      @Transform(({ value }) => {
        if (value === 'conflict') throw HttpError.conflict('no');
        if (value === 'bug') throw new TypeError('a bug');
        return value as unknown;
      })
      two!: unknown;
    }
    const input = { one: { kind: 'kind', n: 1 }, two: 'bug' };
    const verdict = await createValidator(Told, { unknown: 'strip' }).validate(input);
    assert.deepEqual(verdict.ok ? [] : verdict.failures, [
      { path: 'two', rule: 'transform', message: 'two could not be transformed' },
    ]);
    assert.throws(() => sync(Told, { one: {}, two: 'conflict' }), { status: 409 });
  });

  it('validates classes that hold themselves', () => {
    class Tree {
      @IsInt() value!: number;
      @IsOptional() @ValidateNested({ each: true }) @Type(() => Tree) branches?: Tree[];
    }
    assert.ok(sync(Tree, { value: 1, branches: [{ value: 2, branches: [{ value: 3 }] }] }).ok);
    const verdict = sync(Tree, { value: 1, branches: [{ value: 2, branches: [{ value: 'x' }] }] });
    assert.deepEqual(verdict.ok ? [] : verdict.failures.map(({ path }) => path), ['branches[0].branches[0].value']);
  });

  it('never throws at hostile values', async () => {
    class Open {
      @Allow() a!: unknown;
    }
    const texts = ['{"a":{"constructor":1}}', '{"a":[{"x":{"constructor":{"prototype":1}}}]}', '{"__proto__":{"a":1}}'];
    const hostile = ['{"constructor":{"a":1},"a":1}', '{"a":{"toString":1,"valueOf":2,"then":3}}', '{"then":1,"a":2}'];
    for (const text of [...texts, ...hostile]) {
      for (const unknown of ['strip', 'reject', 'keep'] as const) {
        const verdict = await createValidator(Open, { unknown }).validate(JSON.parse(text) as object);
        assert.equal(typeof verdict.ok, 'boolean');
        if (verdict.ok) assert.equal(Object.getPrototypeOf(verdict.value), Open.prototype);
      }
    }
    assert.equal(Object.hasOwn(Object.prototype, 'a'), false);
  });

  it('sees rules that were added after the first event', () => {
    class Grown {
      @IsInt() a!: number;
    }
    assert.deepEqual(sync(Grown, { a: 1, b: 2 }), { ok: true, value: Object.assign(new Grown(), { a: 1 }) });
    Allow()(Grown.prototype, 'b');
    assert.deepEqual(sync(Grown, { a: 1, b: 2 }), { ok: true, value: Object.assign(new Grown(), { a: 1, b: 2 }) });
  });
});

describe('explain', () => {
  const explain = (eventClass: EventClass): readonly string[] =>
    createValidator(eventClass, { unknown: 'strip' }).explain();

  it('says nothing of what is compiled', () => {
    assert.deepEqual(explain(Basket), []);
  });

  it('says what is left to the libraries, and why', async () => {
    class Setting {
      #kept = 0;
      @IsInt() set value(value: number) {
        this.#kept = value;
      }
      get value(): number {
        return this.#kept;
      }
    }
    class Waiting {
      @ValidatePromise() soon!: unknown;
      @IsInt() n!: number;
    }
    class Holder {
      @ValidateNested() @Type(() => Setting) setting!: Setting;
      @ValidateNested() @Type(() => Waiting) waiting!: Waiting;
      @Expose({ name: 'constructor' }) @Allow() odd!: unknown;
    }
    assert.deepEqual(explain(Setting), ['Setting: value: a setter']);
    assert.deepEqual(explain(Waiting), ['Waiting: soon: ValidatePromise']);
    class Parent {
      @ValidateNested() @Type(() => Setting) setting!: Setting;
      @ValidateNested() @Type(() => Waiting) waiting!: Waiting;
    }
    assert.deepEqual(explain(Parent), ['Setting: value: a setter', 'Waiting: soon: ValidatePromise']);
    assert.deepEqual(explain(Holder), [
      'Holder: constructor: a name that every object has',
      'Setting: value: a setter',
      'Waiting: soon: ValidatePromise',
    ]);
    const bad = await createValidator(Parent, { unknown: 'strip' }).validate({
      setting: { value: 'x' },
      waiting: { n: 'x' },
    });
    assert.deepEqual(bad.ok ? [] : bad.failures.map(({ path, rule }) => [path, rule]), [
      ['setting.value', 'isInt'],
      ['waiting.n', 'isInt'],
    ]);
    const good = await createValidator(Parent, { unknown: 'strip' }).validate({
      setting: { value: 5 },
      waiting: { n: 1 },
    });
    assert.ok(good.ok && good.value.setting.value === 5);
  });
});

describe('where code may not be generated', () => {
  it('the libraries do all, with the same result', async () => {
    const script = fileURLToPath(new URL('./without-code-generation.js', import.meta.url));
    const flags = ['--disallow-code-generation-from-strings'];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, script]);
    const [explained, good, bad] = JSON.parse(stdout) as unknown[];
    assert.deepEqual(explained, ['Small: this process may not generate code']);
    assert.deepEqual(good, { ok: true, value: { count: 1 } });
    assert.deepEqual(bad, {
      ok: false,
      failures: [{ path: 'count', rule: 'isInt', message: 'count must be an integer number' }],
    });
  });
});
