// What class-transformer's own specs hold of exposure, types, transformations and discriminators, held of the compiled
// form: every input is compared with what the libraries make and say of it.
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Exclude, Expose, Transform, type TransformFnParams, Type, type TypeHelpOptions } from 'class-transformer';
import { Allow, IsInt, IsOptional, IsString, MinLength, ValidateNested } from 'class-validator';
import type { EventClass } from '#src/validation/event-validator.js';
import { agree } from './agreement.js';

/** Compares in each way to treat unknown properties. @returns the instances where these are kept, as JSON */
async function made(
  eventClass: EventClass,
  inputs: readonly (() => object)[],
  groups: readonly (readonly string[] | undefined)[] = [undefined],
): Promise<unknown[]> {
  const kept: unknown[] = [];
  for (const input of inputs) {
    for (const asked of groups) {
      for (const unknown of ['strip', 'reject', 'keep'] as const) {
        const verdict = await agree(eventClass, input, { unknown, ...(asked === undefined ? {} : { groups: asked }) });
        if (unknown === 'keep' && verdict.ok) kept.push(JSON.parse(JSON.stringify(verdict.value)));
      }
    }
  }
  return kept;
}

/** The input of this JSON. */
function parsed(text: string): () => object {
  return () => JSON.parse(text) as object;
}

describe('exposure', () => {
  it('excludes properties, in this direction', async () => {
    class User {
      @Allow() name!: string;
      @Exclude() @Allow() password!: string;
      @Exclude({ toPlainOnly: true }) @Allow() written!: string;
      @Exclude({ toClassOnly: true }) @Allow() read!: string;
    }
    const [user] = await made(User, [parsed('{"name":"a","password":"b","written":"c","read":"d"}'), parsed('{}')]);
    assert.deepEqual(user, { name: 'a', written: 'c' });
  });

  it('excludes all properties of a class but those that are exposed', async () => {
    @Exclude()
    class User {
      @Expose() @IsString() name!: string;
      @Expose({ toPlainOnly: true }) @Allow() written!: string;
      @Expose({ toClassOnly: true, name: 'in' }) @Allow() read!: string;
      @Allow() password!: string;
    }
    const inputs = [parsed('{"name":"a","written":"b","in":"c","read":"d","password":"e","extra":"f"}'), parsed('{}')];
    const [user] = await made(User, inputs);
    assert.deepEqual(user, { name: 'a', read: 'c' });
  });

  it('exposes an excluded class as a whole, and excludes in one that is exposed', async () => {
    @Expose()
    class User {
      @Allow() name!: string;
      @Exclude() @Allow() password!: string;
    }
    await made(User, [parsed('{"name":"a","password":"b","extra":1}')]);
  });

  it('gives properties other names', async () => {
    class User {
      @Expose({ name: 'user_id' }) @IsInt() id!: number;
      @Expose({ name: 'nick' }) @Transform(({ value }) => `<${String(value)}>`) @IsString() name!: string;
      @Expose({ name: 'born_at' }) @Type(() => Date) @IsOptional() born?: Date;
    }
    const inputs = [
      parsed('{"user_id":1,"nick":"a","born_at":"2000-01-01"}'),
      parsed('{"id":1,"name":"a","born":"2000-01-01"}'),
      parsed('{"id":1,"user_id":2,"nick":"a","name":"b"}'),
      parsed('{"user_id":2,"id":1,"name":"b","nick":"a"}'),
      parsed('{}'),
    ];
    const [user] = await made(User, inputs);
    assert.deepEqual(user, { id: 1, name: '<a>', born: '2000-01-01T00:00:00.000Z' });
  });

  it('heeds groups', async () => {
    class User {
      @Expose({ groups: ['admin', 'self'] }) @Allow() email!: string;
      @Expose({ groups: ['admin'] }) @Allow() secret!: string;
      @Expose() @Allow() name!: string;
      @Exclude() @Allow() never!: string;
      @Allow() plain!: string;
    }
    const inputs = [parsed('{"email":"e","secret":"s","name":"n","never":"x","plain":"p"}'), parsed('{}')];
    await made(User, inputs, [undefined, [], ['admin'], ['self'], ['admin', 'self'], ['none']]);
  });

  it('heeds no version where none is asked for', async () => {
    class User {
      @Expose({ since: 1, until: 2 }) @Allow() first!: string;
      @Expose({ since: 2 }) @Allow() second!: string;
      @Transform(() => 'changed', { since: 1, until: 3 }) @Allow() changed!: string;
    }
    const [user] = await made(User, [parsed('{"first":"a","second":"b","changed":"c"}')]);
    assert.deepEqual(user, { first: 'a', second: 'b', changed: 'changed' });
  });

  it('leaves methods and getters alone, even exposed ones', async () => {
    class User {
      @Allow() first!: string;
      @Expose() get shouted(): string {
        return this.first.toUpperCase();
      }
      @Expose({ name: 'greeting' }) greet(): string {
        return `hello ${this.first}`;
      }
    }
    await made(User, [parsed('{"first":"a","shouted":"b","greet":"c","greeting":"d"}'), parsed('{"first":"a"}')]);
  });
});

describe('types', () => {
  const VALUES = [
    'null',
    '5',
    '"5"',
    '"x"',
    'true',
    '""',
    '[]',
    '["5",6,null]',
    '{}',
    '{"a":1}',
    '"2026-11-23"',
    '[[1]]',
  ];

  for (const type of [String, Number, Boolean, Date, Object, Array]) {
    it(`${type.name} makes values, and elements, of it`, async () => {
      class Event {
        @Type(() => type) @Allow() value!: unknown;
        @Type(() => type) @Allow() list!: unknown[];
        @Type(() => type) @Allow() set!: Set<unknown>;
        @Type(() => type) @Allow() map!: Map<string, unknown>;
      }
      const inputs = VALUES.map((value) => parsed(`{"value":${value},"list":${value},"set":${value},"map":${value}}`));
      assert.ok((await made(Event, inputs)).length > 0);
    });
  }

  class Photo {
    @IsInt() id!: number;
    @Type(() => Date) @IsOptional() taken?: Date;
    describe(): string {
      return `photo ${this.id}`;
    }
  }
  class Album {
    @IsString() name!: string;
    @ValidateNested() @Type(() => Photo) cover!: Photo;
    @ValidateNested({ each: true }) @Type(() => Photo) photos!: Photo[];
    @ValidateNested({ each: true }) @Type(() => Photo) set!: Set<Photo>;
    @Allow() @Type(() => Photo) map!: Map<string, Photo>;
  }

  it('make nested objects, lists, Sets and Maps of their classes', async () => {
    const photo = '{"id":1,"taken":"2000-01-01","describe":"x","extra":1}';
    const album = `{"name":"a","cover":${photo},"photos":[${photo},[${photo}]],"set":[${photo}],"map":{"one":${photo}}}`;
    await made(Album, [
      parsed(album),
      parsed('{"name":"a"}'),
      parsed('{"name":"a","cover":null,"photos":null,"set":null,"map":null}'),
    ]);
    const verdict = await agree(Album, parsed(album), { unknown: 'keep' });
    assert.ok(verdict.ok && 'map' in verdict.value && verdict.value.map instanceof Map);
    assert.equal((verdict.value.map as Map<string, Photo>).get('one')?.describe(), 'photo 1');
  });

  it('may depend on the input', async () => {
    class Square {
      @IsInt() side!: number;
    }
    class Circle {
      @IsInt() radius!: number;
    }
    class Drawing {
      @IsString() kind!: string;
      @ValidateNested()
      @Type((help?: TypeHelpOptions) => (help?.object['kind'] === 'circle' ? Circle : Square))
      shape!: object;
      @ValidateNested()
      @Type((help?: TypeHelpOptions) => (help?.property === 'shapes' ? Circle : Square))
      shapes!: object[];
    }
    const inputs = ['circle', 'square'].flatMap((kind) => [
      parsed(`{"kind":"${kind}","shape":{"radius":1},"shapes":[{"radius":1}]}`),
      parsed(`{"shape":{"side":1},"shapes":[{"side":1}],"kind":"${kind}"}`),
    ]);
    await made(Drawing, inputs);
  });

  it('are inherited', async () => {
    class Base {
      @Type(() => Date) @Allow() at!: Date;
      @Type(() => Photo) @ValidateNested() photo!: Photo;
      @Transform(({ value }) => String(value).trim()) @MinLength(1) text!: string;
      @Exclude() @Allow() secret!: string;
    }
    class Derived extends Base {
      @Type(() => Number) declare at: never;
      @Expose({ name: 'renamed' }) @Allow() own!: string;
    }
    await made(Derived, [
      parsed('{"at":"5","photo":{"id":1},"text":" a ","secret":"s","renamed":"r"}'),
      parsed('{"at":"x","photo":{},"text":"  ","own":"r"}'),
    ]);
  });

  it('leave the defaults of a class where the input says nothing', async () => {
    class Event {
      @IsInt() count = 5;
      @IsString() name = 'none';
      @Type(() => Date) @Allow() at = new Date(0);
      @ValidateNested() @Type(() => Photo) photo = Object.assign(new Photo(), { id: 1 });
      @Expose() @Allow() exposed = 'default';
    }
    await made(Event, [
      parsed('{}'),
      parsed('{"count":null,"name":"a"}'),
      parsed('{"photo":{"id":2},"exposed":"e","at":5}'),
    ]);
  });

  it('are for objects without a prototype as for others', async () => {
    const bare = (values: object): object => Object.assign(Object.create(null) as object, values);
    await made(Album, [() => bare({ name: 'a', cover: bare({ id: 1 }), photos: [bare({ id: 'x' })] })]);
  });
});

describe('transformations', () => {
  interface Call {
    readonly mark: string;
    readonly key: string;
    readonly given: unknown;
  }
  const told: Call[] = [];
  const tell = (mark: string, options: Parameters<typeof Transform>[1] = {}) =>
    Transform(({ value, key, obj, type, options: given }: TransformFnParams) => {
      told.push({ mark, key, given: [value, { ...(obj as object) }, type, { ...given }] });
      return `${String(value)} ${mark}`;
    }, options);

  class Event {
    @tell('first') @tell('second') @tell('third') @Allow() several!: unknown;
    @tell('in', { toClassOnly: true }) @tell('out', { toPlainOnly: true }) @Allow() direction!: unknown;
    @tell('grouped', { groups: ['a'] }) @tell('always') @Allow() grouped!: unknown;
    @Expose({ name: 'outside' }) @tell('renamed') @Allow() inside!: unknown;
    @Type(() => Number) @tell('typed') @Allow() typed!: unknown;
  }

  // Of two properties, the compiled form may ask the one that is later in the input first.
  it('are called for each property in order, as often, and told the same', async () => {
    const text = '{"several":1,"direction":2,"grouped":3,"outside":4,"typed":"5","extra":6}';
    for (const [groups, count] of [
      [undefined, 7],
      [['a'], 8],
      [['b'], 7],
    ] as const) {
      told.length = 0;
      await agree(Event, parsed(text), groups === undefined ? {} : { groups });
      const byProperty = (calls: Call[]): Call[] =>
        calls.toSorted(({ key: a }, { key: b }) => (a < b ? -1 : Number(a > b)));
      assert.equal(told.length, count * 2);
      assert.deepEqual(byProperty(told.slice(0, count)), byProperty(told.slice(count)));
    }
    told.length = 0;
    await agree(Event, parsed('{}'));
    assert.deepEqual(
      told.map(({ mark }) => mark),
      ['renamed', 'renamed'],
      'what is exposed is asked for even where the input has no such key',
    );
  });

  it('may make anything, which is then judged', async () => {
    class Inner {
      @IsInt() count!: number;
    }
    class Making {
      @Transform(({ value }) => Object.assign(new Inner(), { count: value as unknown, extra: 1 }))
      @ValidateNested()
      one!: object;
      @Transform(({ value }) => [{ count: value as unknown }, null, new Inner()]) @ValidateNested() many!: object[];
      @Transform(({ obj }) => Object.keys(obj as object).length) @IsInt() keys!: number;
      @Transform(() => undefined) @IsOptional() @IsInt() gone?: number;
    }
    await made(Making, [
      parsed('{"one":1,"many":1,"keys":0,"gone":"x"}'),
      parsed('{"one":"x","many":"x","keys":0}'),
      parsed('{}'),
    ]);
  });
});

describe('discriminators', () => {
  class Photo {
    @IsInt() id!: number;
  }
  class Landscape extends Photo {
    @IsString() place!: string;
  }
  class Portrait extends Photo {
    @IsString() person!: string;
    @Type(() => Date) @Allow() at?: Date;
  }
  const subTypes = [
    { name: 'landscape', value: Landscape },
    { name: 'portrait', value: Portrait },
  ];
  const landscape = '{"kind":"landscape","id":1,"place":"p"}';
  const portrait = '{"id":2,"person":"q","at":"2000-01-01","kind":"portrait"}';
  const other = '{"kind":"unheard of","id":3}';

  for (const keepDiscriminatorProperty of [true, false]) {
    for (const [general, type] of [
      ['Object', Object],
      ['a class', Photo],
    ] as const) {
      it(`tell the class of one object and of each in a list: ${keepDiscriminatorProperty ? 'kept' : 'removed'}, else ${general}`, async () => {
        const discriminator = { property: 'kind', subTypes };
        class Album {
          @ValidateNested() @Type(() => type, { discriminator, keepDiscriminatorProperty }) one!: object;
          @ValidateNested() @Type(() => type, { discriminator, keepDiscriminatorProperty }) many!: object[];
          @Allow() @Type(() => type, { discriminator, keepDiscriminatorProperty }) loose!: Set<object>;
        }
        await made(Album, [
          parsed(`{"one":${landscape},"many":[${landscape},${portrait}],"loose":[${portrait}]}`),
          parsed(`{"one":${portrait},"many":[],"loose":[${other},{}]}`),
          parsed(`{"one":${other},"many":[${other},{"id":1}],"loose":[]}`),
          parsed(`{"one":{"id":"x"},"many":${landscape},"loose":${portrait}}`),
          parsed(`{"one":[${landscape}],"many":{}}`),
          parsed('{"one":null}'),
          parsed('{}'),
        ]);
      });
    }
  }
});

describe('hostile input', () => {
  class Inner {
    @IsInt() count!: number;
  }
  class Event {
    @Allow() any!: unknown;
    @ValidateNested() @Type(() => Inner) inner!: Inner;
  }

  it('pollutes no prototype', async () => {
    const texts = [
      '{"__proto__":{"evil":1}}',
      '{"any":{"__proto__":{"evil":1}}}',
      '{"inner":{"count":1,"__proto__":{"evil":1}}}',
    ];
    await made(Event, texts.map(parsed));
    const verdict = await agree(Event, parsed('{"inner":{"count":1,"constructor":{"prototype":{"evil":1}}}}'), {
      unknown: 'keep',
    });
    assert.ok(verdict.ok);
    assert.equal(Reflect.get({}, 'evil'), undefined);
    assert.equal(Reflect.get(new Inner(), 'evil'), undefined);
  });

  it('makes no long list of an object that says it is one', async () => {
    const [event] = await made(Event, [parsed('{"any":{"length":100000000},"inner":{"length":100000000,"count":1}}')]);
    assert.deepEqual(event, { any: { length: 100000000 }, inner: { length: 100000000, count: 1 } });
  });

  it('replaces no method of an instance', async () => {
    const verdict = await agree(
      Event,
      parsed('{"toString":1,"any":{"toString":1,"valueOf":2},"inner":{"count":1,"hasOwnProperty":1}}'),
    );
    assert.ok(verdict.ok);
    assert.equal(String(verdict.value), '[object Object]');
  });
});

describe('promises in an instance', () => {
  it('come to values of their type', async () => {
    class Event {
      @Type(() => Number) @Allow() number!: Promise<unknown>;
      @Allow() any!: Promise<unknown>;
    }
    for (const unknown of ['strip', 'keep'] as const) {
      await agree(Event, () => ({ number: Promise.resolve('5'), any: Promise.resolve({ a: 1 }) }), { unknown });
      await agree(Event, () => ({ number: '5', any: { a: 1 } }), { unknown });
    }
  });
});
