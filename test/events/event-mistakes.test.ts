import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Expose, Type } from 'class-transformer';
import { Allow, getMetadataStorage, IsInt, registerSchema } from 'class-validator';
import { FromBody, FromPath, FromQuery } from '#src/decorators/from.js';
import { mistakesOf } from '#src/events/event-mistakes.js';
import { planEvent } from '#src/events/event-plan.js';

describe('mistakesOf', () => {
  it('finds none in a sound class', () => {
    class Sound {
      @IsInt() id!: number;
      @FromPath('order') orderId!: number;
      @FromPath() @Expose({ name: 'line_no' }) line!: number;
      @FromBody() whole: unknown;
      @FromBody('part') part: unknown;
    }
    assert.deepEqual(mistakesOf(Sound, ['id', 'order', 'line_no']), []);
  });

  it('finds a class that nothing could be read into', () => {
    class Empty {
      a!: number;
    }
    const [mistake] = mistakesOf(Empty, []);
    assert.equal(mistake?.problem, 'Empty has no decorated property, so nothing could be read into it');
    assert.match(mistake.remedy, /class-validator.*@Allow\(\)/);
  });

  it('finds a class whose types nobody recorded, as a compiler without metadata leaves it', () => {
    class Bare {
      id!: number;
    }
    IsInt()(Bare.prototype, 'id');
    const [mistake] = mistakesOf(Bare, ['id']);
    assert.match(mistake?.problem ?? '', /types of Bare's properties are unknown/);
    assert.match(mistake?.remedy ?? '', /emitDecoratorMetadata/);
  });

  it('finds a property that text could never be converted for', () => {
    class Page {
      @IsInt() page = 1;
      @IsInt() size: number = 20;
      @FromBody('total') @IsInt() total = 0;
      @IsInt() @Type(() => Number) typed = 1;
    }
    const problems = mistakesOf(Page, [], 'query').map(({ problem }) => problem);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /^Page\.page has a rule for numbers/);
    assert.deepEqual(mistakesOf(Page, [], 'body'), [], 'JSON has numbers of its own');
    assert.equal(mistakesOf(Page, ['page'], 'body').length, 1);
  });

  it('finds a class of which class-validator would refuse every event', () => {
    class OnlyExposed {
      @Expose() a!: number;
    }
    assert.match(
      mistakesOf(OnlyExposed, [])[0]?.problem ?? '',
      /OnlyExposed has no property with a rule of class-validator/,
    );
  });

  it('counts a source as a decorated property', () => {
    class OnlySourced {
      @FromQuery() a!: number;
    }
    assert.deepEqual(mistakesOf(OnlySourced, []), []);
  });

  it('finds a path parameter that the path does not have', () => {
    class Lost {
      @FromPath() id!: string;
      @FromPath('order') other!: string;
    }
    assert.deepEqual(
      mistakesOf(Lost, ['line']).map(({ problem }) => problem),
      [
        'Lost.id is read from the path parameter id, which the path does not have',
        'Lost.other is read from the path parameter order, which the path does not have',
      ],
    );
  });

  it('finds two properties that each take the whole body', () => {
    class Greedy {
      @FromBody() a: unknown;
      @FromBody() b: unknown;
    }
    assert.deepEqual(
      mistakesOf(Greedy, []).map(({ problem }) => problem),
      ['a and b of Greedy each take the whole body'],
    );
  });

  it('finds a type that was undefined when the class was decorated', () => {
    class Circular {
      @Allow() a: unknown;
    }
    // What a CommonJS import circle leaves behind.
    Reflect.defineMetadata('design:type', undefined, Circular.prototype, 'a');
    assert.match(mistakesOf(Circular, [])[0]?.problem ?? '', /type of Circular\.a was undefined/);
  });

  it('finds that registerSchema has disabled class validation, where planning still works', (t) => {
    class Innocent {
      @IsInt() a!: number;
    }
    registerSchema({ name: 'schema', properties: { a: [{ type: 'isInt' }] } });
    t.after(() => (Reflect.get(getMetadataStorage(), 'validationMetadatas') as Map<unknown, unknown>).delete('schema'));
    assert.match(mistakesOf(Innocent, [])[0]?.problem ?? '', /cannot validate Innocent, because registerSchema/);
    planEvent({ eventClass: Innocent, pathParameters: ['a'], methodHasBody: true, options: { unknown: 'strip' } });
  });
});
