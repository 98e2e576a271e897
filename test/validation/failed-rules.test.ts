import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ValidationError } from 'class-validator';
import { failedRules } from '#src/validation/failed-rules.js';

/** An error as class-validator builds it, without its methods. */
function errorOf(
  target: object,
  property: string | undefined,
  rules: string[],
  children?: ValidationError[],
): ValidationError {
  const constraints =
    rules.length === 0 ? undefined : Object.fromEntries(rules.map((rule) => [rule, `${rule} failed`]));
  // The library's own errors lack what its class declares: `property` of the whole object, `constraints`, `children`.
  return { target, property, constraints, children } as ValidationError;
}

describe('failedRules', () => {
  it("lists an error's own rules before its children, in the library's order", () => {
    const list = [{}];
    const errors = [
      errorOf({}, 'b', ['max', 'isInt'], [errorOf({}, 'c', ['isDefined'])]),
      errorOf({}, 'a', [], [errorOf(list, '0', [], [errorOf({}, 'x', ['min'])])]),
    ];
    assert.deepEqual(
      failedRules(errors, 100).map(({ path, rule }) => `${path} ${rule}`),
      ['b max', 'b isInt', 'b.c isDefined', 'a[0].x min'],
    );
  });

  it('writes indexes of arrays and Sets in brackets and keys of Maps after a dot', () => {
    const child = [errorOf({}, 'x', ['min'])];
    const errors = [[], new Set(), new Map()].map((collection) =>
      errorOf({}, 'p', [], [errorOf(collection, '2', [], [errorOf([], '1', [], child)])]),
    );
    assert.deepEqual(
      failedRules(errors, 100).map(({ path }) => path),
      ['p[2][1].x', 'p[2][1].x', 'p.2[1].x'],
    );
  });

  it('gives the path of the object itself to an error without a property', () => {
    const nested = errorOf({}, 'p', [], [errorOf({}, undefined, ['unknownValue'])]);
    assert.deepEqual(
      failedRules([errorOf({}, undefined, ['unknownValue']), nested], 100).map(({ path }) => path),
      ['', 'p'],
    );
  });

  it('stops at the limit', () => {
    const errors = Array.from({ length: 50 }, (_, index) => errorOf({}, `p${index}`, ['a', 'b', 'c']));
    assert.deepEqual(
      failedRules(errors, 4).map(({ path, rule }) => path + rule),
      ['p0a', 'p0b', 'p0c', 'p1a'],
    );
    assert.equal(failedRules(errors, 0).length, 0);
  });
});
