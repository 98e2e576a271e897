import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getMetadataStorage, IsInt, IsString, validate } from 'class-validator';
import { allowProperties } from '#src/validation/allowed-properties.js';
import type { EventClass } from '#src/validation/event-validator.js';
import { loadLibraries } from '#src/validation/libraries.js';

const libraries = await loadLibraries();

function ruleCount(eventClass: EventClass): number {
  return getMetadataStorage().getTargetValidationMetadatas(eventClass, '', false, false).length;
}

describe('allowProperties', () => {
  it('keeps a property without a rule from being stripped or refused, and judges no value of it', async () => {
    class Event {
      @IsInt() id = 1;
      page: unknown = { anything: [1] };
    }
    allowProperties(Event, ['page'], libraries);
    for (const forbidNonWhitelisted of [false, true]) {
      const event = Object.assign(new Event(), { other: 1 });
      const errors = await validate(event, { whitelist: true, forbidNonWhitelisted });
      assert.deepEqual(
        errors.map(({ property }) => property),
        forbidNonWhitelisted ? ['other'] : [],
      );
      assert.deepEqual(event.page, { anything: [1] });
      assert.equal('other' in event, forbidNonWhitelisted);
    }
  });

  it('does so in whatever groups are asked for', async () => {
    class Event {
      @IsInt({ groups: ['write'] }) id = 1;
      page = 2;
    }
    allowProperties(Event, ['page'], libraries);
    for (const groups of [['write'], ['read'], undefined]) {
      const event = new Event();
      await validate(event, { whitelist: true, ...(groups === undefined ? {} : { groups }) });
      assert.equal(event.page, 2, String(groups));
    }
  });

  it('leaves properties alone that have a rule, of whatever group or parent', async () => {
    class Parent {
      @IsString() name: unknown = 5;
    }
    class Child extends Parent {
      @IsInt({ groups: ['write'] }) id: unknown = 'x';
    }
    allowProperties(Child, ['name', 'id'], libraries);
    assert.equal(ruleCount(Child), 2);
    const errors = await validate(new Child());
    assert.deepEqual(
      errors.map(({ property }) => property),
      ['id', 'name'],
    );
    const read = new Child();
    await validate(read, { whitelist: true, forbidUnknownValues: false, groups: ['read'] });
    assert.deepEqual(Object.keys(read), [], 'rules of other groups still make no property known');
  });

  it('does nothing the second time, and nothing to the parent', () => {
    class Parent {
      @IsInt() id!: number;
    }
    class Child extends Parent {
      page!: number;
    }
    allowProperties(Child, ['page'], libraries);
    allowProperties(Child, ['page'], libraries);
    assert.equal(ruleCount(Child), 2);
    assert.equal(ruleCount(Parent), 1);
  });

  it('makes a class without any rule one that class-validator accepts', async () => {
    class Bare {
      page!: number;
    }
    assert.equal((await validate(new Bare()))[0]?.constraints?.['unknownValue'] === undefined, false);
    allowProperties(Bare, ['page'], libraries);
    assert.deepEqual(await validate(new Bare()), []);
  });
});
