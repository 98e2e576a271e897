import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { converterFor, Misfit } from '#src/events/convert.js';

function convert(type: unknown, raw: unknown, list = false): unknown {
  const converter = converterFor(type, list);
  return converter === undefined ? raw : converter(raw);
}

function assertMisfit(type: unknown, raw: unknown, list = false): Misfit {
  const value = convert(type, raw, list);
  assert.ok(value instanceof Misfit, `${String(raw)} became ${String(value)}`);
  return value;
}

enum Size {
  Small = 1,
  Large = 2.5,
}
enum Mixed {
  Zero,
  Word = 'Zero',
}

describe('converterFor', () => {
  const accepted: readonly [type: unknown, text: string, value: unknown][] = [
    [Number, '12', 12],
    [Number, '-0.5', -0.5],
    [Number, '1e3', 1000],
    [Number, '007', 7],
    [Boolean, 'true', true],
    [Boolean, 'on', true],
    [Boolean, '1', true],
    [Boolean, 'yes', true],
    [Boolean, 'false', false],
    [Boolean, 'off', false],
    [Boolean, '0', false],
    [Boolean, 'no', false],
    [BigInt, '-900719925474099300', -900719925474099300n],
    [String, '', ''],
    [Date, '2024-02-29', new Date('2024-02-29T00:00:00Z')],
    [Date, '2026-11-23T10:20:30.5+08:00', new Date('2026-11-23T02:20:30.500Z')],
    [Date, '2026-11-23T10:20', new Date(2026, 10, 23, 10, 20)],
    [Size, '2.5', Size.Large],
    [Size, '1', Size.Small],
    [Mixed, 'Zero', Mixed.Word],
    [Mixed, '0', Mixed.Zero],
    [Object, 'anything', 'anything'],
    [undefined, 'anything', 'anything'],
    [Function, 'anything', 'anything'],
  ];
  for (const [type, text, value] of accepted) {
    it(`reads ${JSON.stringify(text)} as ${String(value)}`, () => {
      assert.deepEqual(convert(type, text), value);
    });
  }

  const refused: readonly [type: unknown, text: string][] = [
    ...['', ' ', ' 1', '1 ', '0x1f', '0b1', '1_000', '+1', '.5', '1.', 'NaN', 'Infinity', '1e999', '١', '1,5'].map(
      (text): [unknown, string] => [Number, text],
    ),
    ...['', 'TRUE', 'ja', '2', 'constructor'].map((text): [unknown, string] => [Boolean, text]),
    ...['', '1.0', '1n', '0x1', ' 1', '9'.repeat(5000)].map((text): [unknown, string] => [BigInt, text]),
    ...[
      '',
      'today',
      '2021',
      '2021-02-29',
      '2021-02-30T00:00Z',
      '2021-13-01',
      '2021-00-01',
      '2021-01-00',
      '2021-01-01T24:01Z',
      '2021-01-01T00:00:60Z',
      '2021-01-01T00:00+99:00',
      '2021-01-01 00:00',
      '1',
      '-000000-01-01',
      '+999999-01-01',
    ].map((text): [unknown, string] => [Date, text]),
    ...['Small', 'Large', '3', 'toString'].map((text): [unknown, string] => [Size, text]),
    [URL, 'https://example.com'],
  ];
  for (const [type, text] of refused) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))} and hands it over as it came`, () => {
      const misfit = assertMisfit(type, text);
      assert.equal(misfit.handedOver, text);
      assert.equal(misfit.repeated, false);
      assert.ok(text.length < 5 || !misfit.expectation.includes(text));
    });
  }

  it('never gives NaN, infinity or an Invalid Date, whatever the text', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^[-+.0-9eE:TZ]{0,30}$/),
      fc.double().map(String),
    );
    fc.assert(
      fc.property(texts, (text) => {
        for (const type of [Number, Date, Boolean, BigInt]) {
          const value = convert(type, text);
          if (value instanceof Misfit) assert.equal(value.handedOver, text);
          else if (value instanceof Date) assert.ok(!Number.isNaN(value.getTime()));
          else if (typeof value === 'number') assert.ok(Number.isFinite(value));
          else assert.ok(typeof value === 'boolean' || typeof value === 'bigint');
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('gives back every value from its own text', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
        fc.bigInt(),
        fc.date({ noInvalidDate: true }),
        (number, integer, date) => {
          assert.equal(convert(Number, String(number)), number);
          assert.equal(convert(BigInt, String(integer)), integer);
          assert.deepEqual(convert(Date, date.toISOString()), date);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('knows the length of every month', () => {
    for (const year of ['1900', '2000', '2023', '2024', '0000', '-000004']) {
      for (let month = 1; month <= 12; month++) {
        for (let day = 28; day <= 31; day++) {
          const text = `${year}-${String(month).padStart(2, '0')}-${day}`;
          const value = convert(Date, text);
          if (value instanceof Date) assert.equal(value.getUTCDate(), day, text);
          else assert.notEqual(new Date(`${text}T00:00:00Z`).getUTCDate(), day, text);
        }
      }
    }
  });

  it('makes one value of a list a list of one', () => {
    assert.deepEqual(convert(Number, '1', true), [1]);
    assert.deepEqual(convert(undefined, 'a', true), ['a']);
    assert.deepEqual(convert(undefined, ['a', 'b'], true), ['a', 'b']);
  });

  it('says that elements of a list do not fit, and keeps those that do', () => {
    const misfit = assertMisfit(Number, ['1', 'x', '3'], true);
    assert.equal(misfit.each, true);
    assert.deepEqual(misfit.handedOver, [1, 'x', 3]);
  });

  it('refuses a scalar that is given several times, and hands over the first value', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 2, maxLength: 5 }), (numbers) => {
        const misfit = assertMisfit(Number, numbers.map(String));
        assert.equal(misfit.repeated, true);
        assert.equal(misfit.expectation, 'must be given once');
        assert.equal(misfit.handedOver, numbers[0]);
      }),
    );
    assert.equal(assertMisfit(Number, ['x', '1']).handedOver, 'x');
  });

  it('takes an instance of a declared class, and nothing else', () => {
    class Upload {}
    const upload = new Upload();
    assert.equal(convert(Upload, upload), upload);
    assert.deepEqual(convert(Upload, [upload, upload], true), [upload, upload]);
    assert.equal(assertMisfit(Upload, 'text').expectation, 'must be of type Upload');
    assert.equal(assertMisfit(String, upload).expectation, 'must be a string');
    assert.equal(assertMisfit(Upload, [upload, upload]).repeated, true);
  });
});
