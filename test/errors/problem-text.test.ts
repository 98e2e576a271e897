import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import type { EventError } from '#src/errors/http-error.js';
import type { Problem } from '#src/errors/problem.js';
import { problemText } from '#src/errors/problem-text.js';

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '"', '\\', '\n', '\ud800', 'é😀', '\u2028', '\u007f'),
);
const entries = fc.record({ in: fc.constantFrom('body', 'query', 'path'), path: texts, rule: texts, message: texts });
// As `toProblem` makes them: the keys in its order.
const problems: fc.Arbitrary<Problem> = fc
  .record({
    title: texts,
    status: fc.integer({ min: 400, max: 599 }),
    code: texts,
    requestId: texts,
    detail: fc.option(texts, { nil: undefined }),
    errors: fc.option(fc.array(entries, { maxLength: 4 }), { nil: undefined }),
    stack: fc.option(texts, { nil: undefined }),
  })
  .map((parts) => {
    const { title, status, code, requestId, detail, errors, stack } = parts;
    const problem: Problem = { type: 'about:blank', title, status, code, requestId };
    if (detail !== undefined) problem.detail = detail;
    if (errors !== undefined) problem.errors = errors;
    if (stack !== undefined) problem.stack = stack;
    return problem;
  });

describe('problemText', () => {
  it('is what JSON.stringify gives, byte for byte', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        assert.equal(problemText(problem), JSON.stringify(problem));
      }),
      { numRuns: 2000 },
    );
  });

  it('is so too where an error’s own texts are none', () => {
    const problem: Problem = { type: 'about:blank', title: 't', status: 400, code: 'C', requestId: 'r' };
    for (const changed of [{ detail: 5 }, { code: undefined }, { detail: Object.create(null) as unknown }]) {
      const whole = Object.assign({ ...problem }, changed);
      assert.equal(problemText(whole as Problem), JSON.stringify(whole)); // what a user's own code may have made of it
    }
  });

  it('is so too for errors that a user has made, whatever they are', () => {
    const problem: Problem = { type: 'about:blank', title: 't', status: 400, code: 'C', requestId: 'r' };
    const entry: EventError = { in: 'body', path: 'a', rule: 'b', message: 'c' };
    class Entry {
      readonly in = 'body';
      readonly path = 'a';
      readonly rule = 'b';
      readonly message = 'c';
      toJSON(): string {
        return 'hidden';
      }
    }
    const more = { ...entry, more: 1 };
    const turned: EventError = { message: 'c', rule: 'b', path: 'a', in: 'body' };
    const wrong: unknown[] = [{ ...entry, path: 5 }, { ...entry, path: undefined }, null, 'x', { in: 'body' }, [entry]];
    for (const errors of [[new Entry()], [entry, more], [turned], ...wrong.map((each) => [each as EventError])]) {
      const whole = { ...problem, errors };
      assert.equal(problemText(whole), JSON.stringify(whole));
    }
  });
});
