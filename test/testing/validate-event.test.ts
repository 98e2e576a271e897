import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsEmail, IsInt, IsOptional, IsString, Max, ValidateNested } from 'class-validator';

import { FromHeader, FromQuery, HttpError } from '#src/index.js';
import { validateEvent } from '#src/testing/index.js';

class Line {
  @IsString() sku!: string;
  @IsInt() @Max(9) quantity!: number;
}

class Order {
  @IsEmail() email!: string;
  @ValidateNested({ each: true }) @ArrayMaxSize(2) @Type(() => Line) lines!: Line[];
  @FromQuery() @IsInt() @IsOptional() page?: number;
  @FromHeader('x-tag') tag?: string;
  @IsString({ groups: ['admin'] }) @IsOptional({ groups: ['admin'] }) note?: string;
}

const VALID = { email: 'ann@example.org', lines: [{ sku: 'tea', quantity: 2 }] };

describe('validateEvent', () => {
  it('gives an instance of the class, nested ones included', async () => {
    const event = await validateEvent(Order, { ...VALID, page: 2, tag: 'red' });
    const [line] = VALID.lines;
    const expected = { ...VALID, page: 2, tag: 'red', lines: [Object.assign(new Line(), line)] };
    assert.deepEqual(event, Object.assign(new Order(), expected));
  });

  it('rejects with one entry for each failed rule, where it would have come from, and never the value', async () => {
    const input = { email: 'nobody-there', lines: [{ sku: 'tea', quantity: 10 }], page: 'two' };
    const error = await failureOf(validateEvent(Order, input));
    assert.equal(error.code, 'VALIDATION_FAILED');
    assert.equal(error.status, 400);
    assert.deepEqual(
      error.errors?.map((one) => [one.in, one.path, one.rule]),
      [
        ['body', 'email', 'isEmail'],
        ['body', 'lines[0].quantity', 'max'],
        ['query', 'page', 'isInt'],
      ],
    );
    assert.ok(!JSON.stringify(error.errors).includes('nobody-there'));
  });

  it('strips, refuses or keeps what the class does not declare', async () => {
    const input = { ...VALID, extra: 1 };
    assert.ok(!('extra' in (await validateEvent(Order, input))));
    assert.ok('extra' in (await validateEvent(Order, input, { unknown: 'keep' })));
    const { errors } = await failureOf(validateEvent(Order, input, { unknown: 'reject' }));
    assert.deepEqual(
      errors?.map(({ path, rule }) => [path, rule]),
      [['extra', 'whitelistValidation']],
    );
  });

  it('applies the groups that it is given', async () => {
    const { errors } = await failureOf(
      validateEvent(Order, { ...VALID, note: 1 }, { groups: ['admin'], unknown: 'keep' }),
    );
    assert.deepEqual(
      errors?.map(({ path }) => path),
      ['note'],
    );
  });

  it('refuses what is no object', async () => {
    for (const input of [undefined, null, 'text', 7, [VALID]]) {
      const error = await failureOf(validateEvent(Order, input));
      assert.deepEqual(
        error.errors?.map(({ path, rule }) => [path, rule]),
        [['', 'object']],
      );
    }
  });
});

async function failureOf(promise: Promise<unknown>): Promise<HttpError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof HttpError);
    return error;
  }
  return assert.fail('the event was accepted');
}
