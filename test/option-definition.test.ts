import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { automatic, flag, integer, list, oneOf, type OptionDefinition, path, text } from '#src/option-definition.js';

const number = integer(5, [0, 100], ['N'], 'A number.');
const definitions: Readonly<Record<string, OptionDefinition<unknown>>> = {
  integer: number,
  flag: flag(true, ['F'], 'A switch.'),
  automatic: automatic(['A'], 'A switch with three positions.'),
  text: text('x', ['T'], 'A text.'),
  oneOf: oneOf('red', ['red', 'green'], ['O'], 'A word.'),
  list: list(['L'], 'A list.'),
  path: path('/x', ['P'], 'A path.'),
};

const accepted = (definition: OptionDefinition<unknown>, values: readonly unknown[]) =>
  values.filter((value) => definition.accepts(value));

describe('the definition of an option', () => {
  for (const [kind, definition] of Object.entries(definitions)) {
    it(`of the kind ${kind} gives no value from text that it would refuse in code, and allows its own default`, () => {
      assert.ok(definition.accepts(definition.fallback));
      const words = fc.constantFrom('true', 'FALSE', '1', '0', 'auto', 'red', '7', '101', ' 7', 'a, b');
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.integer().map(String), words), (given) => {
          const value = definition.parse(given);
          assert.ok(value === undefined || definition.accepts(value));
        }),
      );
    });

    it(`of the kind ${kind} accepts no value of another type`, () => {
      for (const value of [undefined, null, Symbol('s'), () => true, {}, Number.NaN, 5n]) {
        assert.equal(definition.accepts(value), false);
      }
    });

    it(`of the kind ${kind} keeps its names and its meaning, and says what is allowed`, () => {
      assert.equal(definition.env.length, 1);
      assert.match(definition.meaning, /^A .*\.$/);
      assert.notEqual(definition.allowed, '');
    });
  }
});

describe('integer', () => {
  it('takes whole numbers from one end of its range to the other', () => {
    assert.deepEqual(accepted(number, [-1, 0, 0.5, 5, 100, 101, '5', true]), [0, 5, 100]);
    assert.deepEqual([number.allowed, number.fallback], ['a whole number from 0 to 100', 5]);
  });

  it('reads digits alone: no sign, no blank, no exponent, no hex, and nothing for empty text', () => {
    assert.deepEqual(['0', '007', '100'].map(number.parse), [0, 7, 100]);
    for (const given of ['', ' 5', '5 ', '+5', '-5', '1e1', '0x5', '5.0', '5n', '٣', '101', '9'.repeat(400)]) {
      assert.equal(number.parse(given), undefined, given);
    }
  });

  it('has an end where numbers can no longer be told apart', () => {
    const any = integer(0, [0, Number.MAX_SAFE_INTEGER], [], '');
    assert.equal(any.allowed, 'a whole number from 0 to 2^53-1');
    assert.equal(any.parse('9007199254740991'), Number.MAX_SAFE_INTEGER);
    for (const given of ['9007199254740992', '9007199254740993']) assert.equal(any.parse(given), undefined);
    assert.equal(any.accepts(2 ** 53), false);
  });
});

describe('flag and automatic', () => {
  const { flag: switched, automatic: three } = definitions;

  it('read true, 1, false and 0 in any case', () => {
    for (const each of [switched, three]) {
      assert.deepEqual(
        ['true', 'TRUE', '1'].map((given) => each?.parse(given)),
        [true, true, true],
      );
      assert.deepEqual(
        ['false', 'False', '0'].map((given) => each?.parse(given)),
        [false, false, false],
      );
      for (const given of ['', 'yes', 'on', ' true', '2', 'constructor']) assert.equal(each?.parse(given), undefined);
    }
  });

  it('differ in auto, which only the one knows', () => {
    assert.deepEqual([three?.parse('AUTO'), three?.accepts('auto'), three?.fallback], ['auto', true, 'auto']);
    assert.deepEqual(
      [switched?.parse('auto'), switched?.accepts('auto'), switched?.fallback],
      [undefined, false, true],
    );
    for (const each of [switched, three])
      assert.deepEqual(
        ['true', 1, 0, 'AUTO'].map((value) => each?.accepts(value)),
        [false, false, false, false],
      );
  });
});

describe('text', () => {
  it('takes any text as it is', () => {
    const any = text('', [], '');
    for (const given of ['', ' a ', 'true', '\0']) assert.equal(any.parse(given), given);
    assert.deepEqual([any.accepts(''), any.accepts(5)], [true, false]);
  });
});

describe('oneOf', () => {
  it('takes one of its words, letter by letter', () => {
    const word = oneOf('red', ['red', 'green'], [], '');
    assert.deepEqual(['red', 'green'].map(word.parse), ['red', 'green']);
    for (const given of ['', 'Red', 'red ', 'blue', 'constructor']) assert.equal(word.parse(given), undefined);
    assert.equal(word.allowed, 'one of red, green');
    assert.equal(word.accepts(['red']), false);
  });
});

describe('list', () => {
  it('reads what commas separate, without blanks around it and without empty places', () => {
    const each = list([], '');
    assert.deepEqual(each.parse('a'), ['a']);
    assert.deepEqual(each.parse(' a , b c,,\td, '), ['a', 'b c', 'd']);
    for (const given of ['', ' ', ',,']) assert.deepEqual(each.parse(given), []);
  });

  it('takes arrays of texts in code and nothing else: one text alone is no list', () => {
    const each = list([], '');
    assert.deepEqual(accepted(each, [[], ['a'], 'a', ['a', 1], [['a']], new Set(['a'])]), [[], ['a']]);
  });

  it('takes a path of a URL, or nothing, and no more than a path', () => {
    const option = path('/x', ['P'], 'A path.');
    assert.deepEqual(accepted(option, ['', '/', '/a/b', 'a', '/a?b', '/a#b', '/a b', 1]), ['', '/', '/a/b']);
  });
});
