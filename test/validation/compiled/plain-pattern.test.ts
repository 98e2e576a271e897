import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { plainPatternRule } from '#src/validation/compiled/plain-pattern.js';
import { SourceWriter } from '#src/validation/compiled/source-writer.js';

/** The expression as a function, made as generated code is. */
function ruleOf(pattern: RegExp): ((text: string) => boolean) | undefined {
  const expression = plainPatternRule('v', pattern);
  if (expression === undefined) return undefined;
  const writer = new SourceWriter();
  writer.line(`return ${expression};`);
  return writer.build('rule', 'v') as (text: string) => boolean; // what the line above makes it
}

const pieces = fc.constantFrom(
  '[A-Z]',
  '[a-z\\d]',
  '[-+]',
  '[+-]',
  '[_A-Fa-f0-9]',
  '[\\w-]',
  '[a\\-z]',
  '[ -/]',
  '[A.]',
  '\\d',
  '\\w',
  '\\.',
  '\\-',

  'a',
  'Z',
  '0',
  '-',
  '_',
  ' ',
  ':',
  '/',
  '@',
  '#',
  '\\/',
  '\\$',
  '\\^',
  '\\[',
  '[z-a]'.slice(0, 0),
  '[.\\d]',
  '[a-c-e]',
);
const counted = fc.tuple(pieces, fc.constantFrom('', '', '{2}', '{1}', '{0}', '{3}')).map((parts) => parts.join(''));
const sources = fc.array(counted, { maxLength: 5 }).map((parts) => `^${parts.join('')}$`);
const characters = fc.constantFrom(...'aAzZ09-_+./:@#$^[] ,fF\n', '\u00e9', '\u{1f600}', '\ud800', '\uffff');
const texts = fc.array(characters, { maxLength: 8 }).map((parts) => parts.join(''));

function compiled(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined; // some escapes are refused with the flag u
  }
}

describe('plainPatternRule', () => {
  it('is true where the pattern is, for random patterns and texts', () => {
    let told = 0;
    let matched = 0;
    fc.assert(
      fc.property(
        sources,
        fc.constantFrom('', 'u'),
        fc.array(texts, { minLength: 5, maxLength: 5 }),
        fc.nat(),
        (source, flags, others, seed) => {
          const pattern = compiled(source, flags);
          const rule = pattern === undefined ? undefined : ruleOf(pattern);
          if (pattern === undefined || rule === undefined) return;
          told++;
          for (const text of [...others, fc.sample(fc.stringMatching(pattern), { numRuns: 1, seed })[0] ?? '', '']) {
            if (pattern.test(text)) matched++;
            assert.equal(rule(text), pattern.test(text), `${pattern} of ${JSON.stringify(text)}`);
          }
        },
      ),
      { numRuns: 2000 },
    );
    assert.ok(told > 500 && matched > 500, `${told} told, ${matched} matched`);
  });

  it('knows the patterns of article numbers, postcodes and colours', () => {
    for (const pattern of [
      /^[A-Z]{2}-\d{4}$/,
      /^\d{5}$/,
      /^#[0-9a-fA-F]{6}$/u,
      /^[A-Z]\d[A-Z] \d[A-Z]\d$/,
      /^\w{8}$/,
    ]) {
      assert.ok(ruleOf(pattern), String(pattern));
    }
  });

  it('leaves all others alone', () => {
    for (const pattern of [
      /a/,
      /^a/,
      /a$/,
      /^a$/i,
      /^a$/m,
      /^a$/g,
      /^a$/s,
      /^$/,
      /^.$/,
      /^a|b$/,
      /^a+$/,
      /^a*$/,
      /^a?$/,
      /^a{1,2}$/,
      /^a{2,}$/,

      /^(a)$/,
      /^[^a]$/,
      /^\s$/,
      /^\D$/,
      /^\bx$/,
      /^(?=a)a$/,
      /^\n$/,
      /^\x41$/,
      /^\u0041$/,
      /^[\s]$/,
      /^[é]$/,
      /^\\$/,
      /^a\$/,
      /^a{25}$/,
      /^[a-\d]$/,
      /^[\d-a]$/,
      /^[\w-z]$/,
    ]) {
      const rule = ruleOf(pattern);
      // What is told all the same must at least be right.
      if (rule === undefined) continue;
      for (const text of ['', 'a', 'A', 'b', '\\', '-', 'x', '5', 'z', 'aa', 'a\n'])
        assert.equal(rule(text), pattern.test(text), `${pattern} of ${text}`);
    }
    for (const pattern of [/a/, /^a/, /a$/, /^a$/i, /^a|b$/, /^a+$/, /^(a)$/, /^[^a]$/, /^.$/, /^\s$/, /^a\$/]) {
      assert.equal(ruleOf(pattern), undefined, String(pattern));
    }
  });
});
