import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Type } from 'class-transformer';
import {
  IsInt,
  IsString,
  Length,
  Max,
  Min,
  Validate,
  ValidateNested,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import type { EventClass } from '#src/validation/event-validator.js';
import { createValidator } from '#src/validation/create-validator.js';

async function messagesOf(eventClass: EventClass, input: object): Promise<string[]> {
  const verdict = await createValidator(eventClass, { unknown: 'strip' }).validate(input);
  return verdict.ok ? [] : verdict.failures.map(({ message }) => message);
}

@ValidatorConstraint({ name: 'isQuiet' })
class IsQuiet implements ValidatorConstraintInterface {
  validate(): boolean {
    return false;
  }
  defaultMessage(): string {
    return 'Text ($value) is too loud for $property!';
  }
}

describe('the message of a failed rule', () => {
  it('does not fill the $value of a message, of a default message or of a message function', async () => {
    class Tokens {
      @Max(10, { message: '$value of $target.$property is over $constraint1' }) a!: number;
      @Validate(IsQuiet) b!: string;
      @Length(1, 3, { message: ({ constraints }) => `$value is longer than ${String(constraints[1])}` }) c!: string;
    }
    assert.deepEqual(await messagesOf(Tokens, { a: 123, b: 'hunter2', c: 'hunter2' }), [
      'the value of Tokens.a is over 10',
      'Text (the value) is too loud for b!',
      'the value is longer than 3',
    ]);
  });

  it('is left alone where it holds the text of the value by chance', async () => {
    class Chance {
      @Max(1, { message: 'at most 15, was told' }) a!: number;
      @IsInt() limit!: unknown;
    }
    assert.deepEqual(await messagesOf(Chance, { a: 5, limit: 'limit' }), [
      'at most 15, was told',
      'limit must be an integer number',
    ]);
  });

  it('does not fill it below lists either, nor in inherited rules', async () => {
    class Item {
      @IsString({ message: '$value is no name' }) name!: string;
    }
    class Sub extends Item {}
    class List {
      @ValidateNested({ each: true, message: '$value is no item' }) @Type(() => Sub) items!: Sub[];
      @Min(0, { each: true, message: '$value is negative' }) numbers!: number[];
    }
    assert.deepEqual(await messagesOf(List, { items: [{ name: 777 }, 888], numbers: [-999] }), [
      'the value is no name',
      'the value is no item',
      '$value is negative',
    ]);
  });
});
