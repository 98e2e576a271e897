import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dateOf } from '#src/validation/compiled/quick-date.js';

describe('dateOf', () => {
  it('reads what a Date writes', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        assert.equal(dateOf(date.toISOString()).getTime(), date.getTime());
      }),
      { numRuns: 2000 },
    );
  });

  it('reads everything else as Date does', () => {
    const digits = (least: number, most: number) => fc.integer({ min: least, max: most }).map(String);
    const two = digits(0, 99).map((text) => text.padStart(2, '0'));
    const form = fc.tuple(digits(0, 9999), two, two, two, two, two, digits(0, 999)).map(([year, ...rest]) => {
      const [month, day, hour, minute, second, ms] = rest;
      return `${year.padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}.${ms.padStart(3, '0')}Z`;
    });
    const broken = fc.tuple(form, fc.nat(23), fc.constantFrom(...' -:.TZ+a9')).map(([text, index, character]) => {
      return text.slice(0, index) + character + text.slice(index + 1);
    });
    fc.assert(
      fc.property(fc.oneof(form, broken, fc.string()), (text) => {
        assert.equal(dateOf(text).getTime(), new Date(text).getTime(), text);
      }),
      { numRuns: 5000 },
    );
  });
});
