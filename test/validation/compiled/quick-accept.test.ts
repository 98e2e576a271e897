import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isEmail, isISO8601, isNumber, length } from 'class-validator';
import fc from 'fast-check';
import { hasFewDecimals, isPlainEmail, isPlainMoment, startsPlain } from '#src/validation/compiled/quick-accept.js';

const pieces = fc.constantFrom(...'aZ09_+-.', 'com', 'x'.repeat(63), 'y'.repeat(64), '\u00e4', '@', '"');
const addresses = fc
  .tuple(
    fc.array(pieces, { maxLength: 4 }),
    fc.array(pieces, { maxLength: 4 }),
    fc.constantFrom('.com', '.c', '.c1', ''),
  )
  .map(([local, domain, end]) => `${local.join('')}@${domain.join('')}${end}`);

describe('isPlainEmail', () => {
  it('accepts nothing that the library refuses', () => {
    let accepted = 0;
    fc.assert(
      fc.property(addresses, (text) => {
        if (!isPlainEmail(text)) return;
        accepted++;
        assert.ok(isEmail(text), text);
      }),
      { numRuns: 20_000 },
    );
    assert.ok(accepted > 50, `${accepted} accepted`);
  });

  it('accepts the addresses that people have', () => {
    for (const address of ['ada@example.com', 'A.B-c_d+e@mail.example.co.uk', '1@2.de', 'a@b--c.org']) {
      assert.ok(isPlainEmail(address), address);
    }
  });

  it('leaves to the library what is at the edges', () => {
    const local = 'a'.repeat(65);
    for (const address of [
      '',
      '@',
      'a@',
      '@b.co',
      'a@b',
      'a@b.c',
      'a@b.c0',
      'a..b@c.de',
      '.a@b.co',
      'a.@b.co',
      `${local}@b.co`,
    ]) {
      assert.equal(isPlainEmail(address), false, address);
    }
    for (const address of [
      'a@-b.co',
      'a@b-.co',
      'a@b..co',
      'a@b.co.',
      `a@${'b'.repeat(64)}.co`,
      'a@b_c.de',
      'a@b@c.de',
    ]) {
      assert.equal(isPlainEmail(address), false, address);
    }
    assert.equal(isPlainEmail(`a@${'b.'.repeat(130)}co`), false);
  });
});

describe('startsPlain', () => {
  it('vouches for no more characters than the library counts', () => {
    const units = fc.constantFrom('a', '\u00e4', '\ufe0f', '\ufe0e', '\u{1f600}', '\ud800', '\udc00', '\uffff');
    fc.assert(
      fc.property(fc.array(units, { maxLength: 8 }), fc.integer({ min: 1, max: 8 }), (parts, min) => {
        const text = parts.join('');
        if (text.length >= min && startsPlain(text, min)) assert.ok(length(text, min), JSON.stringify(text));
        // What the generated code takes for granted besides.
        if (text.length > 0) assert.ok(length(text, 1), JSON.stringify(text));
        if (text.length <= min) assert.ok(length(text, 0, min), JSON.stringify(text));
        if (text.length < min) assert.ok(!length(text, min), JSON.stringify(text));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('hasFewDecimals', () => {
  it('agrees with the library, and refuses where that throws', () => {
    const numbers = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, -0, 1e-7, 1.5e-7, 1e21, 0.1),
    );
    fc.assert(
      fc.property(numbers, fc.integer({ min: -1, max: 20 }), (value, maxDecimalPlaces) => {
        let expected = false;
        try {
          expected = isNumber(value, { maxDecimalPlaces });
        } catch (thrown) {
          assert.ok(thrown instanceof TypeError);
        }
        assert.equal(hasFewDecimals(value, maxDecimalPlaces), expected);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('isPlainMoment', () => {
  const two = fc.constantFrom('00', '01', '09', '10', '12', '13', '23', '24', '28', '31', '59', '60', '-1', ' 1', '1a');
  const fraction = fc.constantFrom('', '.', '.0', '.123', '.123456789', '.1234567890', ',5', '.x');
  const moments = fc
    .tuple(fc.constantFrom('2026', '0000', '9999', '+026', '20 6'), two, two, two, two, two, fraction)
    .chain(([year, month, day, hour, minute, second, part]) =>
      fc
        .constantFrom('Z', 'z', '', '+01:00')
        .map((zone) => `${year}-${month}-${day}T${hour}:${minute}:${second}${part}${zone}`),
    );

  it('accepts nothing that the library refuses', () => {
    let accepted = 0;
    fc.assert(
      fc.property(moments, (text) => {
        if (!isPlainMoment(text)) return;
        accepted++;
        assert.ok(isISO8601(text), text);
      }),
      { numRuns: 20_000 },
    );
    assert.ok(accepted > 20, `${accepted} accepted`);
  });

  it('accepts nothing that the library refuses when one character is another', () => {
    const printable = fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(fc.nat(23), printable, (index, character) => {
        const text = '2026-11-23T10:15:30.000Z';
        const changed = `${text.slice(0, index)}${character}${text.slice(index + 1)}`;
        assert.ok(!isPlainMoment(changed) || isISO8601(changed), changed);
      }),
      { numRuns: 5000 },
    );
  });

  it('accepts what JSON makes of a Date', () => {
    for (const time of [0, 1e12, Date.UTC(2026, 10, 23, 23, 59, 59, 999)]) {
      assert.ok(isPlainMoment(new Date(time).toISOString()));
    }
    assert.ok(isPlainMoment('2026-11-23T10:15:30Z'));
  });

  it('leaves to the library what is at the edges', () => {
    for (const text of ['', '2026-11-23', '2026-11-31T00:00:00Z', '2026-11-23T10:15:30', '2026-11-23T10:15:30.Z']) {
      assert.ok(!isPlainMoment(text), text);
    }
  });
});
