import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getMetadataStorage, IsInt } from 'class-validator';
import { planChecks, type Rule } from '#src/validation/compiled/check-plan.js';
import { Fault, hasFailure, listFailures } from '#src/validation/compiled/fault.js';

let worded = 0;
class Event {
  @IsInt({ message: ({ property }) => `${property} #${++worded}` }) a!: number;
}
const rule: Rule | undefined = planChecks(Event, undefined, getMetadataStorage()).properties[0]?.rules[0];
assert.ok(rule);
const failure = { rule, object: new Event(), value: 'x' };

function faultOf(property: string | undefined, isIndex: boolean, ...children: readonly Fault[]): Fault {
  const fault = new Fault(property, isIndex);
  fault.addChildren(children);
  return fault;
}

function failed(property: string | undefined, isIndex = false): Fault {
  const fault = new Fault(property, isIndex);
  fault.add('isInt', 'no');
  return fault;
}

describe('listFailures', () => {
  it('lists nothing of no faults, nor of faults that turned out to be none', () => {
    assert.deepEqual(listFailures([], 100), []);
    assert.deepEqual(listFailures([new Fault('a', false), faultOf('b', false, new Fault('0', true))], 100), []);
  });

  it('puts own failures of a property before those inside it, in the order in which they were added', () => {
    const inner = failed('name');
    inner.add('isLength', 'too short');
    const outer = faultOf('lines', false, faultOf('0', true, inner), failed('1', true));
    outer.add('isArray', 'no list');
    assert.deepEqual(listFailures([outer, failed('note')], 100), [
      { path: 'lines', rule: 'isArray', message: 'no list' },
      { path: 'lines[0].name', rule: 'isInt', message: 'no' },
      { path: 'lines[0].name', rule: 'isLength', message: 'too short' },
      { path: 'lines[1]', rule: 'isInt', message: 'no' },
      { path: 'note', rule: 'isInt', message: 'no' },
    ]);
  });

  it('writes keys of objects with dots, indexes in brackets, and the whole object as nothing', () => {
    const paths = [
      failed(undefined),
      failed('0', true),
      faultOf('a', false, failed(undefined), failed('7'), faultOf('0', true, failed('1', true))),
    ];
    assert.deepEqual(
      listFailures(paths, 100).map(({ path }) => path),
      ['', '[0]', 'a', 'a.7', 'a[0][1]'],
    );
  });

  it('ends at the bound, and words no failure beyond it', () => {
    const faults = Array.from({ length: 5 }, (_, index) => {
      const fault = new Fault(String(index), true);
      fault.add('isInt', failure);
      fault.add('isString', failure);
      return fault;
    });
    worded = 0;
    const list = listFailures([faultOf('list', false, ...faults)], 3);
    assert.deepEqual(
      list.map(({ path, message }) => [path, message]),
      [
        ['list[0]', 'a #1'],
        ['list[0]', 'a #2'],
        ['list[1]', 'a #3'],
      ],
    );
    assert.equal(worded, 3);
    assert.deepEqual(listFailures(faults, 0), []);
  });

  it('keeps the last of two failures of one name, in the place of the first, as class-validator does', () => {
    const fault = failed('a');
    fault.add('isString', 'text');
    fault.add('isInt', 'second');
    assert.deepEqual(
      listFailures([fault], 100).map(({ message }) => message),
      ['second', 'text'],
    );
  });
});

describe('hasFailure', () => {
  it('looks for a failed rule at any depth', () => {
    assert.equal(hasFailure([]), false);
    assert.equal(hasFailure([new Fault('a', false), faultOf('b', false, new Fault('0', true))]), false);
    assert.equal(hasFailure([failed('a')]), true);
    assert.equal(hasFailure([faultOf('b', false, new Fault('0', true), faultOf('1', true, failed('x')))]), true);
  });
});
