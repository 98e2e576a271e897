import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Expose, Transform, Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDate,
  IsEmail,
  IsEnum,
  IsInt,
  IsOptional,
  IsString,
  Max,
  Min,
  registerDecorator,
  ValidateNested,
} from 'class-validator';
import fc from 'fast-check';
import type { ParsedBody } from '#src/body/read-body.js';
import { FromBody, FromCookie, FromHeader, FromPath, FromQuery } from '#src/decorators/from.js';
import { HttpError } from '#src/errors/http-error.js';
import { type EventPlan, type EventRequest, planEvent } from '#src/events/event-plan.js';
import type { EventClass, ValidationOptions } from '#src/validation/event-validator.js';
import { errorsOf, failureOf } from './failure-of.js';
import { requestOf } from './request-of.js';

const STRIP: ValidationOptions = { unknown: 'strip' };

function post(eventClass: EventClass, pathParameters: string[] = [], options = STRIP): EventPlan {
  return planEvent({ eventClass, pathParameters, methodHasBody: true, options });
}

function get(eventClass: EventClass, pathParameters: string[] = [], options = STRIP): EventPlan {
  return planEvent({ eventClass, pathParameters, methodHasBody: false, options });
}

function json(value: unknown): ParsedBody {
  return { kind: 'json', value };
}

/** The event of a query string's fields. */
async function query(eventClass: EventClass, fields: EventRequest['query'], options = STRIP): Promise<object> {
  return get(eventClass, [], options).read(requestOf({ query: fields }), undefined);
}

class Line {
  @IsString() sku!: string;
  @IsInt() @Min(1) @Max(999) quantity!: number;
}
class PlaceOrder {
  @IsEmail() email!: string;
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
}
class FindOrder {
  @IsInt() id!: number;
  @FromQuery() @IsBoolean() @IsOptional() verbose?: boolean;
}

describe('the default source', () => {
  it('is the body where the method has one', async () => {
    const body = { email: 'a@example.com', lines: [{ sku: 'tea', quantity: 2 }], extra: 1 };
    const event = await post(PlaceOrder).read(requestOf({ query: { email: 'other@example.com' } }), json(body));
    assert.ok(event instanceof PlaceOrder);
    assert.ok(event.lines[0] instanceof Line);
    assert.deepEqual(Object.assign({}, event), {
      email: 'a@example.com',
      lines: [Object.assign(new Line(), body.lines[0])],
    });
  });

  it('is the query where it has none, and the path before it', async () => {
    const event = await get(FindOrder, ['id']).read(
      requestOf({ params: { id: '7' }, query: { id: '8', verbose: 'yes', other: 'x' } }),
      undefined,
    );
    assert.deepEqual({ ...event }, { id: 7, verbose: true });
  });

  it('cannot give what has a source of its own, under neither of its names', async () => {
    class Own {
      @FromHeader('authorization') @Expose({ name: 'auth' }) @IsString() @IsOptional() token?: string;
      @FromPath() @IsString() id!: string;
      @FromCookie('sid') @IsString() @IsOptional() session?: string;
      @IsString() text!: string;
    }
    const body = json({
      token: 'forged',
      auth: 'forged',
      authorization: 'x',
      id: 'forged',
      session: 'forged',
      text: 'hi',
    });
    const event = await post(Own, ['id']).read(requestOf({ params: { id: 'a' } }), body);
    // class-transformer sets exposed properties always.
    assert.deepEqual({ ...event }, { token: undefined, id: 'a', text: 'hi' });
  });

  it('cannot give it under a name that is only exposed to the outside, or that a parent exposes', async () => {
    class Parent {
      @Expose({ name: 'by_parent' }) @IsOptional() @IsString() inherited?: string;
    }
    class Child extends Parent {
      @FromHeader() @Expose({ name: 'by_child', toClassOnly: true }) declare inherited?: string;
      @FromQuery() @Expose({ name: 'shown', toPlainOnly: true }) @IsOptional() @IsString() role?: string;
    }
    const body = { shown: 'forged', role: 'forged', by_parent: 'forged', by_child: 'forged', inherited: 'forged' };
    for (const unknown of ['strip', 'reject', 'keep'] as const) {
      const event = await post(Child, [], { unknown }).read(requestOf(), json(body));
      assert.deepEqual({ ...event }, { inherited: undefined });
    }
  });

  it('is an empty object where the body is absent, and the rules decide', async () => {
    for (const body of [undefined, { kind: 'none' } as const]) {
      const errors = await errorsOf(() => post(PlaceOrder).read(requestOf(), body));
      assert.deepEqual(
        errors.map(({ path, rule }) => [path, rule]),
        [['email', 'isEmail']],
      );
    }
  });

  it('must be a JSON object', async () => {
    for (const value of [null, [], [{ email: 'a@example.com' }], 'text', 5, true]) {
      assert.deepEqual(await errorsOf(() => post(PlaceOrder).read(requestOf(), json(value))), [
        { in: 'body', path: '', rule: 'object', message: 'the body must be a JSON object' },
      ]);
    }
  });

  it('may be anything where no property comes from it', async () => {
    class Cancel {
      @IsInt() id!: number;
    }
    for (const value of [null, [], 'text', { id: 9, more: 1 }]) {
      const event = await post(Cancel, ['id']).read(requestOf({ params: { id: '7' } }), json(value));
      assert.deepEqual({ ...event }, { id: 7 });
    }
  });
});

describe('the sources of properties', () => {
  class Everywhere {
    @FromPath('order') @IsInt() id!: number;
    @FromQuery() @IsInt() @IsOptional() page?: number;
    @FromHeader() @IsString() userAgent!: string;
    @FromCookie('sid') @IsString() session!: string;
    @FromBody('note') @IsString() remark!: string;
    @IsInt() amount!: number;
  }
  const request = requestOf({
    params: Object.assign(Object.create(null), { order: '3' }),
    query: { page: '2' },
    headers: { 'user-agent': 'test' },
    cookies: { sid: 'abc' },
  });

  it('are read each by its name', async () => {
    const event = await post(Everywhere, ['order']).read(request, json({ note: 'n', amount: 5 }));
    assert.deepEqual({ ...event }, { id: 3, page: 2, userAgent: 'test', session: 'abc', remark: 'n', amount: 5 });
  });

  it('are named in the errors', async () => {
    const bad = requestOf({ params: { order: 'x' }, query: { page: 'x' } });
    const errors = await errorsOf(() => post(Everywhere, ['order']).read(bad, json({ note: 1, amount: '5' })));
    assert.deepEqual(errors.map(({ in: source, path }) => `${source} ${path}`).sort(), [
      'body amount',
      'body remark',
      'cookie session',
      'header userAgent',
      'path id',
      'query page',
    ]);
  });

  it('are not looked for in the prototypes of the maps', async () => {
    class Hostile {
      @FromQuery('constructor') @Allow() a?: unknown;
      @FromHeader('toString') @Allow() b?: unknown;
      @FromCookie('__proto__') @Allow() c?: unknown;
    }
    assert.deepEqual({ ...(await query(Hostile, {})) }, {});
  });

  it('are inherited, and a subclass may say otherwise', async () => {
    class Paged {
      @FromQuery() @IsInt() @IsOptional() page?: number;
      @FromQuery() @IsInt() @IsOptional() size?: number;
    }
    class Search extends Paged {
      @FromHeader('x-size') declare size?: number;
      @IsString() text!: string;
    }
    const event = await post(Search).read(
      requestOf({ query: { page: '2', size: '9' }, headers: { 'x-size': '5' } }),
      json({ text: 't', page: 7 }),
    );
    assert.deepEqual({ ...event }, { page: 2, size: 5, text: 't' });
  });

  it('declare a property without any rule', async () => {
    class Plain {
      @FromQuery() limit?: number;
      @FromHeader('x-a') a?: string;
    }
    const request = requestOf({ query: { limit: '5', other: '1' }, headers: { 'x-a': 'b' } });
    for (const groups of [undefined, ['one']]) {
      const options: ValidationOptions = groups === undefined ? STRIP : { unknown: 'strip', groups };
      assert.deepEqual({ ...(await get(Plain, [], options).read(request, undefined)) }, { limit: 5, a: 'b' });
    }
    assert.deepEqual(await errorsOf(() => get(Plain).read(requestOf({ query: { limit: 'x' } }), undefined)), [
      { in: 'query', path: 'limit', rule: 'type', message: 'limit must be a number' },
    ]);
  });

  it('follow the name in @Expose', async () => {
    class Exposed {
      @Expose({ name: 'order_id' }) @IsInt() orderId!: number;
      @Expose({ name: 'page_size' }) @IsInt() pageSize!: number;
      @FromCookie() @Expose({ name: 's_id' }) @IsInt() session!: number;
      @Expose({ name: 'shown', toPlainOnly: true }) @FromQuery() @IsInt() hidden!: number;
    }
    const plan = get(Exposed, ['order_id']);
    assert.deepEqual(plan.unreadPathParameters, []);
    const request = requestOf({
      params: { order_id: '1' },
      query: { page_size: '2', hidden: '4' },
      cookies: { s_id: '3' },
    });
    assert.deepEqual({ ...(await plan.read(request, undefined)) }, { orderId: 1, pageSize: 2, session: 3, hidden: 4 });
    const errors = await errorsOf(() => plan.read(requestOf({ params: { order_id: 'x' } }), undefined));
    assert.deepEqual([errors[0]?.in, errors[0]?.path], ['path', 'orderId']);
  });
});

describe('@FromBody() without a name', () => {
  class Batch {
    @FromBody() @IsArray() @ArrayMaxSize(2) @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
    @FromQuery() @IsBoolean() dry!: boolean;
  }
  const plan = post(Batch);
  const request = requestOf({ query: { dry: '1' } });

  it('takes the whole body, whatever JSON it is', async () => {
    const event = await plan.read(request, json([{ sku: 'a', quantity: 1 }]));
    assert.ok(event instanceof Batch && event.lines[0] instanceof Line);
    class Any {
      @FromBody() value: unknown;
    }
    for (const value of [null, 0, '', false, [1], { a: { b: 1 } }]) {
      assert.deepEqual({ ...(await post(Any).read(requestOf(), json(value))) }, { value });
    }
    assert.deepEqual(
      { ...(await post(Any).read(requestOf(), { kind: 'form', value: { a: ['1', '2'] } })) },
      { value: { a: ['1', '2'] } },
    );
    assert.deepEqual({ ...(await post(Any).read(requestOf(), { kind: 'none' })) }, {});
  });

  it('gives errors with paths into it', async () => {
    const errors = await errorsOf(() => plan.read(request, json([{ sku: 'a', quantity: 0 }])));
    assert.deepEqual(
      errors.map(({ in: source, path, rule }) => [source, path, rule]),
      [['body', 'lines[0].quantity', 'min']],
    );
  });

  it('leaves no key of the body unknown', async () => {
    class Both {
      @FromBody() whole: unknown;
      @IsString() name!: string;
    }
    const body = { name: 'n', other: 1 };
    const event = await post(Both, [], { unknown: 'reject' }).read(requestOf(), json(body));
    assert.deepEqual({ ...event }, { whole: body, name: 'n' });
  });

  it('reads the body of a method that usually has none', async () => {
    class Odd {
      @FromBody('n') @IsInt() n!: number;
    }
    const odd = get(Odd);
    assert.equal(odd.needsBody, true);
    assert.deepEqual({ ...(await odd.read(requestOf(), json({ n: 1 }))) }, { n: 1 });
  });
});

describe('unknown properties', () => {
  class Known {
    @IsInt() a!: number;
    @FromQuery('q') @IsOptional() @IsString() text?: string;
  }
  const body = json({ a: 1, b: 2, q: 'x', text: 'forged' });

  it('are stripped, refused or kept', async () => {
    assert.deepEqual({ ...(await post(Known).read(requestOf(), body)) }, { a: 1 });
    assert.deepEqual(
      { ...(await post(Known, [], { unknown: 'keep' }).read(requestOf(), body)) },
      { a: 1, b: 2, q: 'x' },
    );
    const errors = await errorsOf(() => post(Known, [], { unknown: 'reject' }).read(requestOf(), body));
    assert.deepEqual(errors, [
      { in: 'body', path: 'b', rule: 'whitelistValidation', message: 'property b should not exist' },
      { in: 'body', path: 'q', rule: 'whitelistValidation', message: 'property q should not exist' },
    ]);
  });

  it('of the query are refused only where it is the default source', async () => {
    const request = requestOf({ query: { q: 'x', utm: '1' } });
    assert.deepEqual(
      { ...(await post(Known, [], { unknown: 'reject' }).read(request, json({ a: 1 }))) },
      { a: 1, text: 'x' },
    );
    const errors = await errorsOf(() => get(Known, [], { unknown: 'reject' }).read(request, undefined));
    assert.deepEqual(
      errors.map(({ in: source, path }) => [source, path]),
      [
        ['query', 'utm'],
        ['query', 'a'],
      ],
    );
  });
});

enum Size {
  Small = 'small',
  Large = 'large',
}

describe('conversion', () => {
  class Typed {
    @IsOptional() @IsInt() limit?: number;
    @IsOptional() @IsBoolean() flag?: boolean;
    @IsOptional() @IsDate() since?: Date;
    @IsOptional() big?: bigint;
    @IsOptional() @IsEnum(Size) size?: Size;
    @IsOptional() @IsInt({ each: true }) @Type(() => Number) ids?: number[];
    @IsOptional() @IsString({ each: true }) tags?: string[];
    @IsOptional() @Type(() => Number) set?: Set<number>;
    @IsOptional() @Type(() => Number) @IsInt() nullable?: number | null;
    @IsOptional() @IsInt() @Transform(({ value }) => (value === 'many' ? 1000 : Number(value))) raw?: number;
    @IsOptional() anything?: unknown;
  }

  it('gives each property its declared type', async () => {
    const event = await query(Typed, {
      limit: '5',
      flag: 'no',
      since: '2026-11-23',
      big: '12345678901234567890',
      size: 'large',
      ids: ['1', '2'],
      tags: 'one',
      set: ['1', '1', '2'],
      nullable: '3',
      raw: 'many',
      anything: ['a', 'b'],
    });
    assert.deepEqual(
      { ...event },
      {
        limit: 5,
        flag: false,
        since: new Date('2026-11-23T00:00:00Z'),
        big: 12345678901234567890n,
        size: Size.Large,
        ids: [1, 2],
        tags: ['one'],
        set: new Set([1, 2]),
        nullable: 3,
        raw: 1000,
        anything: ['a', 'b'],
      },
    );
  });

  it('treats forms as it treats the query, and JSON not at all', async () => {
    const form: ParsedBody = { kind: 'form', value: { limit: '5', ids: '7' } };
    assert.deepEqual({ ...(await post(Typed).read(requestOf(), form)) }, { limit: 5, ids: [7] });
    const errors = await errorsOf(() => post(Typed).read(requestOf(), json({ limit: '5', flag: 'true', ids: ['1'] })));
    assert.deepEqual(
      errors.map(({ path }) => path),
      ['limit', 'flag'],
    );
  });

  it("leaves it to the property's own rules to refuse what cannot be converted", async () => {
    assert.deepEqual(await errorsOf(() => query(Typed, { limit: 'secret', since: 'never', ids: ['1', 'x'] })), [
      { in: 'query', path: 'limit', rule: 'isInt', message: 'limit must be an integer number' },
      { in: 'query', path: 'since', rule: 'isDate', message: 'since must be a Date instance' },
      { in: 'query', path: 'ids', rule: 'isInt', message: 'each value in ids must be an integer number' },
    ]);
  });

  it('refuses by itself where the rules would not', async () => {
    class Lax {
      @Allow() limit!: number;
      @Allow() @Type(() => Boolean) flag!: boolean;
      @Allow() @Type(() => Date) dates!: Date[];
      @Allow() big!: bigint;
      @Allow() url!: URL;
    }
    const fields = { limit: '0x1', flag: 'secret', dates: ['2020-01-01', 'x'], big: '1.5', url: 'https://example.com' };
    assert.deepEqual(
      (await errorsOf(() => query(Lax, fields))).map(({ rule, message }) => `${rule}: ${message}`),
      [
        'type: limit must be a number',
        'type: flag must be true or false',
        'type: each value in dates must be an ISO 8601 date',
        'type: big must be an integer',
        'type: url must be of type URL',
      ],
    );
  });

  it('refuses a scalar given several times, in those words alone', async () => {
    const fields = fc.record({
      limit: fc.array(fc.string(), { minLength: 2, maxLength: 4 }),
      size: fc.array(fc.constantFrom('small', 'huge'), { minLength: 2, maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fields, async (given) => {
        assert.deepEqual(await errorsOf(() => query(Typed, given)), [
          { in: 'query', path: 'limit', rule: 'type', message: 'limit must be given once' },
          { in: 'query', path: 'size', rule: 'type', message: 'size must be given once' },
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it('never lets NaN or an Invalid Date through, whatever the query', async () => {
    const value = fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 3 }), fc.double().map(String));
    const fields = fc.record({ limit: value, since: value, ids: value, nullable: value }, { requiredKeys: [] });
    class Lax {
      @Allow() limit?: number;
      @Allow() since?: Date;
      @Allow() @Type(() => Number) ids?: number[];
      @Allow() @Type(() => Number) nullable?: number | null;
    }
    const plan = get(Lax);
    await fc.assert(
      fc.asyncProperty(fields, async (given) => {
        let event: object = {};
        try {
          event = await plan.read(requestOf({ query: given }), undefined);
        } catch (thrown) {
          assert.ok(thrown instanceof HttpError);
        }
        if (event instanceof HttpError) return;
        for (const item of Object.values(event).flat()) {
          assert.ok(item instanceof Date ? !Number.isNaN(item.getTime()) : Number.isFinite(item));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('explain', () => {
  it('says what of the class is left to the libraries', async () => {
    class Plain {
      @IsInt() a!: number;
    }
    class Setting {
      @Allow() set a(value: number) {
        Object.defineProperty(this, 'b', { value });
      }
    }
    assert.deepEqual(await post(Plain).explain(), []);
    assert.deepEqual(await post(Setting).explain(), ['Setting: a: a setter']);
  });
});

describe('bodies that are not JSON', () => {
  class Upload {
    readonly #bytes = 'content';
    constructor(readonly size: number) {}
    read(): string {
      return this.#bytes;
    }
  }
  class Form {
    @IsString() title!: string;
    @Allow() avatar!: Upload;
    @IsOptional() @ArrayMaxSize(2) @Type(() => Upload) photos?: Upload[];
    @IsOptional() @Min(1) @Transform(({ value }) => (value as Upload).size) attachment?: number;
  }
  // A stand-in for an uploaded file: any class instance that class-transformer would spoil.
  const multipart = (value: object): ParsedBody => ({ kind: 'multipart', value: value as never });

  it('keep their files as the instances that they are', async () => {
    const [avatar, photo] = [new Upload(1), new Upload(2)];
    const event = await post(Form).read(
      requestOf(),
      multipart({ title: 't', avatar, photos: photo, attachment: new Upload(7) }),
    );
    assert.ok(event instanceof Form);
    assert.equal(event.avatar, avatar);
    assert.equal(event.photos?.[0], photo);
    assert.equal(event.attachment, 7);
    assert.equal(event.avatar.read(), 'content');
  });

  it('refuse text in the place of a file, a file in the place of text, and a second file', async () => {
    const errors = await errorsOf(() =>
      post(Form).read(requestOf(), multipart({ title: new Upload(1), avatar: 'text', photos: ['text'] })),
    );
    assert.deepEqual(
      errors.map(({ path, message }) => [path, message]),
      [
        ['title', 'title must be a string'],
        ['avatar', 'avatar must be of type Upload'],
        ['photos', 'each value in photos must be of type Upload'],
      ],
    );
    const twice = await errorsOf(() =>
      post(Form).read(requestOf(), multipart({ title: 't', avatar: [new Upload(1), new Upload(2)] })),
    );
    assert.deepEqual(
      twice.map(({ message }) => message),
      ['avatar must be given once'],
    );
  });

  it('are given whole where a property takes the whole body', async () => {
    class Whole {
      @FromBody() form!: { file: Upload; files: Upload[] };
    }
    const file = new Upload(1);
    const event = await post(Whole).read(requestOf(), multipart({ file, files: [file] }));
    assert.ok(event instanceof Whole);
    assert.equal(event.form.file, file);
    assert.equal(event.form.files[0], file);
  });

  it('are refused with 415 where they are text or bytes', async () => {
    for (const body of [{ kind: 'text', value: '{}' } as const, { kind: 'bytes', value: Buffer.from('{}') } as const]) {
      const failure = await failureOf(() => post(PlaceOrder).read(requestOf(), body));
      assert.equal(failure.code, 'UNSUPPORTED_MEDIA_TYPE');
      assert.match(failure.message, /application\/json.*multipart\/form-data/);
    }
  });
});

describe('the plan', () => {
  it('knows at start whether the body is needed', () => {
    assert.equal(get(FindOrder, ['id']).needsBody, false);
    assert.equal(post(PlaceOrder).needsBody, true);
  });

  it('lets an HttpError of a @Transform through, and makes anything else 400 at the property', async () => {
    class Picky {
      @Allow()
      @Transform(({ value }) => {
        if (value === 'gone') throw HttpError.gone('long gone');
        throw new TypeError(`no such id: ${String(value)}`);
      })
      id!: string;
    }
    const plan = get(Picky, ['id']);
    const gone = await failureOf(() => plan.read(requestOf({ params: { id: 'gone' } }), undefined));
    assert.equal(gone.status, 410);
    const failure = await failureOf(() => plan.read(requestOf({ params: { id: 'secret' } }), undefined));
    assert.deepEqual(failure.errors, [
      { in: 'path', path: 'id', rule: 'transform', message: 'id could not be transformed' },
    ]);
    assert.ok(failure.cause instanceof TypeError);
  });

  it('lets what a custom validator throws through', async () => {
    const fault = new Error('the database is away');
    class Checked {
      @Allow() name!: string;
    }
    const validator = { validate: () => Promise.reject(fault) };
    registerDecorator({ name: 'free', target: Checked, propertyName: 'name', validator });
    await assert.rejects(async () => query(Checked, { name: 'n' }), fault);
  });

  it('says the first failure in the detail and counts the others', async () => {
    const failure = await failureOf(() => post(PlaceOrder).read(requestOf(), json({ lines: 'x' })));
    assert.equal(failure.message, 'email must be an email (and 1 more)');
  });

  it('reports at most 100 failures, or as many as the options say', async () => {
    const lines = Array.from({ length: 300 }, () => ({ sku: 1, quantity: 'x' }));
    const body = json({ email: 'a@example.com', lines });
    assert.equal((await errorsOf(() => post(PlaceOrder).read(requestOf(), body))).length, 100);
    const few = post(PlaceOrder, [], { unknown: 'strip', maxErrors: 3 });
    assert.equal((await errorsOf(() => few.read(requestOf(), body))).length, 3);
  });

  it('never shows a rejected value', async () => {
    const secret = 'hunter2-hunter2';
    class Secret {
      @Max(3, { message: '$value is not for $property' }) pin!: number;
      @IsEmail() email!: string;
      @Allow() count!: number;
    }
    const failure = await failureOf(() => query(Secret, { pin: secret, email: secret, count: secret }));
    assert.equal(failure.errors?.length, 3);
    assert.doesNotMatch(JSON.stringify([failure.errors, failure.message]), /hunter2/);
  });
});

describe('hostile input', () => {
  class Target {
    @IsOptional() @IsEmail() email?: string;
    @IsOptional() @IsInt() n?: number;
    @IsOptional() anything?: unknown;
  }
  const bodies = [
    '{"__proto__":{"polluted":true},"n":1}',
    '{"constructor":{"prototype":{"polluted":true}},"n":1}',
    '{"toString":1,"valueOf":2,"hasOwnProperty":3,"isPrototypeOf":4,"n":1}',
    '{"anything":{"__proto__":{"polluted":true}}}',
    '{"anything":{"constructor":1}}',
    '{"anything":{"a":{"constructor":{"name":"x"}}}}',
    '{"anything":{"then":1,"length":-1,"toJSON":2}}',
    '{"email":"\\ud800@example.com"}',
    `{"anything":${'['.repeat(60)}1${']'.repeat(60)}}`,
    `{"anything":${'{"a":'.repeat(60)}1${'}'.repeat(60)}}`,
    '{"unknown":{"constructor":1}}',
  ];
  for (const unknown of ['strip', 'reject', 'keep'] as const) {
    it(`is either an event or 400, and changes no prototype (${unknown})`, async () => {
      const plan = post(Target, [], { unknown });
      for (const text of bodies) {
        const event = await Promise.resolve()
          .then(() => plan.read(requestOf(), json(JSON.parse(text))))
          .catch((thrown: unknown) => thrown);
        if (event instanceof HttpError) assert.equal(event.code, 'VALIDATION_FAILED');
        else assert.ok(event instanceof Target && Object.getPrototypeOf(event) === Target.prototype, text);
        assert.equal(Reflect.get({}, 'polluted'), undefined);
      }
    });
  }

  it('in the keys of a query does no harm either', async () => {
    const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'n', 'a.b', 'a[b]'];
    const fields = Object.fromEntries(keys.map((key) => [key, key === 'n' ? '1' : 'x']));
    assert.deepEqual({ ...(await query(Target, fields)) }, { n: 1 });
  });
});
