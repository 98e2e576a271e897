import 'reflect-metadata';
import assert from 'node:assert/strict';
import { parse } from 'node:querystring';
import { describe, it } from 'node:test';
import { Transform } from 'class-transformer';
import {
  Allow,
  getMetadataStorage,
  IsByteLength,
  IsEmail,
  IsInt,
  IsNotEmptyObject,
  IsNumber,
  registerDecorator,
  validate,
} from 'class-validator';
import { createValidator } from '#src/validation/create-validator.js';
import { mendLibrary } from '#src/validation/mended-library.js';

class Rules {
  @IsEmail() email: unknown;
  @IsByteLength(1, 9) bytes: unknown;
  @IsNumber({ maxDecimalPlaces: 2 }) price: unknown;
  @IsNotEmptyObject() options: unknown;
}

const GOOD = { email: 'a@example.com', bytes: 'x', price: 1.5, options: { a: 1 } };

async function rulesFailing(values: Partial<Rules>): Promise<string[]> {
  const errors = await validate(Object.assign(new Rules(), GOOD, values));
  return errors.flatMap(({ constraints }) => Object.keys(constraints ?? {}));
}

describe('mendLibrary', () => {
  mendLibrary(getMetadataStorage());

  it('makes rules judge what they used to throw at, and accept what they accepted', async () => {
    assert.deepEqual(await rulesFailing({ email: '\ud800@example.com' }), ['isEmail']);
    assert.deepEqual(await rulesFailing({ bytes: '\udfff' }), ['isByteLength']);
    assert.deepEqual(await rulesFailing({ price: -1e-7 }), ['isNumber']);
    assert.deepEqual(await rulesFailing({ options: { hasOwnProperty: 1 } }), []);
    assert.deepEqual(await rulesFailing({ options: Object.create(null) }), ['isNotEmptyObject']);
    assert.deepEqual(await rulesFailing({}), []);
    assert.deepEqual(await rulesFailing({ email: 1, bytes: '0123456789', price: 1.234, options: {} }), [
      'isEmail',
      'isByteLength',
      'isNumber',
      'isNotEmptyObject',
    ]);
  });

  it('mends classes that are decorated later', async () => {
    class Later {
      @IsEmail() email = '\ud800@example.com';
    }
    mendLibrary(getMetadataStorage());
    const [error] = await validate(new Later());
    assert.deepEqual(Object.keys(error?.constraints ?? {}), ['isEmail']);
  });

  it('lets a transformation make an object without a prototype', async () => {
    class Event {
      @IsNotEmptyObject() @Transform(({ value }) => parse(String(value))) options!: object;
    }
    for (const [options, isOk] of [
      ['a=1&b=2', true],
      ['', false],
    ] as const) {
      const verdict = await createValidator(Event, { unknown: 'strip' }).validate({ options });
      assert.equal(verdict.ok, isOk);
    }
  });

  it('leaves the faults of custom validators alone', async () => {
    class Custom {
      @Allow() a = 1;
    }
    const validator = {
      validate: (): boolean => {
        throw new URIError('mine');
      },
    };
    registerDecorator({ name: 'mine', target: Custom, propertyName: 'a', validator });
    mendLibrary(getMetadataStorage());
    await assert.rejects(async () => validate(new Custom()), { message: 'mine' });
  });

  it('strips names of Object.prototype like any other unknown property', async () => {
    class Small {
      @IsInt() a = 1;
    }
    const names = { hasOwnProperty: 1, isPrototypeOf: 2, toString: 3, other: 4 };
    const instance = Object.assign(new Small(), names);
    assert.deepEqual(await validate(instance, { whitelist: true }), []);
    assert.deepEqual(Object.keys(instance), ['a']);
    const errors = await validate(Object.assign(new Small(), names), { whitelist: true, forbidNonWhitelisted: true });
    assert.deepEqual(
      errors.map(({ property }) => property),
      Object.keys(names),
    );
  });
});
