import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { OptionDefinition } from '#src/option-definition.js';
import { OPTIONS } from '#src/options.js';
import { resolveOptions } from '#src/resolve-options.js';

const options: readonly [string, OptionDefinition<unknown>][] = Object.entries(OPTIONS);

/** Two values as text that an option allows, neither of them its default. */
function samplesOf({ fallback, parse }: OptionDefinition<unknown>): readonly string[] {
  const candidates = [
    '2000',
    '2001',
    'true',
    'false',
    'text',
    'other',
    '/text',
    '/other',
    'scf',
    'fc',
    'reject',
    'keep',
    'warn',
    'error',
    'json',
    'pretty',
  ];
  const isOther = (candidate: string) => {
    const value = parse(candidate);
    return value !== undefined && String(value) !== String(fallback);
  };
  return candidates.filter(isOther).slice(0, 2);
}

describe('the table of options', () => {
  it('has for each option a meaning in a sentence and a name in the environment', () => {
    for (const [name, { meaning, env }] of options) {
      assert.match(meaning, /^[A-Z].*\.$/, name);
      assert.ok(env.length > 0, name);
      for (const variable of env) assert.match(variable, /^[A-Z]+(?:_[A-Z]+)*$/);
    }
  });

  it('has no name in the environment twice', () => {
    const names = options.flatMap(([, { env }]) => env);
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });

  it('has names that stay apart on the command line, where neither case nor dashes count', () => {
    const names = options.map(([name]) => name.toLowerCase());
    assert.equal(new Set(names).size, names.length);
    for (const [name] of options) assert.match(name, /^[a-z][A-Za-z]*$/);
  });

  it('has defaults that each option allows, and that its text would give', () => {
    for (const [name, { fallback, accepts, parse }] of options) {
      assert.ok(accepts(fallback), name);
      assert.deepEqual(parse(String(fallback)), fallback, name);
    }
  });

  it('knows the names that functions of the platform’s own framework are configured by', () => {
    assert.ok(OPTIONS.port.env.includes('PORT'));
    assert.deepEqual(OPTIONS.extendedContextKey.env, ['EXTENDED_CONTEXT_KEY']);
    assert.deepEqual(OPTIONS.noExit.env, ['NO_EXIT']);
    assert.deepEqual(OPTIONS.keepAliveTimeoutMs.env, ['KEEP_ALIVE_TIMEOUT']);
  });

  for (const [name, definition] of options) {
    it(`lets ${name} be given in code, on the command line and in the environment`, () => {
      const [first = '', second = first] = samplesOf(definition);
      assert.notEqual(first, '');
      const shown = (value: unknown) => (value as { name?: unknown }).name ?? value; // the platform is an object by then
      const holds = (...sources: Parameters<typeof resolveOptions>) =>
        shown(Reflect.get(resolveOptions(...sources), name));
      const [value, other] = [definition.parse(first), definition.parse(second)];
      for (const variable of definition.env) assert.deepEqual(holds({}, { env: { [variable]: first } }), value);
      const [variable = ''] = definition.env;
      const env = { [variable]: second };
      assert.deepEqual(holds({}, { argv: [`--${name}=${first}`], env }), value);
      assert.deepEqual(holds({ [name]: value }, { argv: [`--${name}=${second}`], env }), value);
      assert.deepEqual(holds({}, { env }), other);
    });
  }
});
