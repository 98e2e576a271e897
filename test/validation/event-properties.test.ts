import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import { Allow, IsInt, IsOptional, IsString } from 'class-validator';
import { isDecorated, propertiesOf, ruledProperties } from '#src/validation/event-properties.js';
import { loadLibraries } from '#src/validation/libraries.js';

const DECORATED: PropertyDecorator = () => undefined;

class Base {
  @IsInt({ groups: ['a'] }) id!: number;
  @Type(() => Date) at!: Date;
  @Expose({ name: 'base_name' }) name!: string;
}
class Derived extends Base {
  @Allow() @IsOptional() own?: boolean;
  @Type(() => Number) list!: number[];
  @IsString({ each: true }) tags!: string[];
  @Transform(({ value }) => value as unknown, { toPlainOnly: true }) out!: string;
  @Transform(({ value }) => value as unknown, { groups: ['a'] }) grouped!: string;
  @Exclude() excluded!: string;
  @DECORATED marked!: string;
  @Type(({ object } = { newObject: {}, object: {}, property: '' }) => (Reflect.get(object, 'x') as { y: never }).y)
  dependent!: string;
  bare!: string;
}

describe('ruledProperties', () => {
  it('are those with a rule of any group, inherited ones too', () => {
    assert.deepEqual(ruledProperties(Derived), ['own', 'tags', 'id']);
    assert.deepEqual(ruledProperties(class {}), []);
  });
});

describe('isDecorated', () => {
  it('sees any decorator, inherited ones too', () => {
    for (const name of ['id', 'at', 'name', 'own', 'marked']) assert.equal(isDecorated(Derived, name), true, name);
    for (const name of ['bare', 'toString', 'constructor']) assert.equal(isDecorated(Derived, name), false, name);
  });
});

describe('propertiesOf', () => {
  it('are declared by either library or by others', async () => {
    const properties = propertiesOf(Derived, ['marked'], undefined, await loadLibraries());
    assert.deepEqual(Object.fromEntries(properties.map(({ name, type, list }) => [name, list ? [type] : type])), {
      own: Boolean,
      tags: [undefined],
      id: Number,
      marked: String,
      name: String,
      list: [Number],
      out: String,
      grouped: String,
      dependent: String,
      at: Date,
    });
  });

  it('know the exposed name', async () => {
    const [name] = propertiesOf(Base, [], undefined, await loadLibraries()).filter(
      (property) => property.name === 'name',
    );
    assert.equal(name?.inputKey, 'base_name');
  });

  it('are transformed only where the transformation makes instances, in the groups asked for', async () => {
    const transformed = async (groups?: string[]): Promise<string[]> =>
      propertiesOf(Derived, [], groups, await loadLibraries())
        .filter((property) => property.transformed)
        .map((property) => property.name);
    assert.deepEqual(await transformed(), []);
    assert.deepEqual(await transformed(['a']), ['grouped']);
    assert.deepEqual(await transformed(['b']), []);
  });
});
