import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { mayGenerateCode, quoted, SourceWriter } from '#src/validation/compiled/source-writer.js';
import { ROOT } from '../../fixtures/run-process.js';

const run = promisify(execFile);

/** What a function with this one line answers. */
function answerOf(writer: SourceWriter, expression: string, ...given: unknown[]): unknown {
  writer.line(`return ${expression};`);
  const made = writer.build('made', 'x, y');
  assert.ok(typeof made === 'function');
  return made(...given);
}

describe('a SourceWriter', () => {
  it('builds a function of the given name and parameters from its lines, in their order', () => {
    const writer = new SourceWriter();
    writer.line('let sum = x;');
    writer.line('sum += y;');
    writer.line('return sum;');
    const add = writer.build('add', 'x, y');
    assert.ok(typeof add === 'function');
    assert.equal(add.name, 'add');
    assert.equal(add.length, 2);
    assert.equal(add(1, 2), 3);
  });

  it('hands over whatever value a constant has, and each value once', () => {
    const values = [{}, () => 1, 'text', '1;throw 1', Symbol('s'), null, undefined, true, 5n, [], /a/g, new Date(0)];
    const writer = new SourceWriter();
    const names = values.map((value) => writer.constant(value));
    assert.equal(new Set(names).size, values.length);
    assert.deepEqual(
      values.map((value) => writer.constant(value)),
      names,
    );
    const found = answerOf(writer, `[${names.join(', ')}]`);
    assert.ok(Array.isArray(found));
    values.forEach((value, index) => assert.ok(Object.is(found[index], value), String(value)));
  });

  it('keeps every number as it is', () => {
    const numbers = [0, -0, 1, -1, 1.5, 1e300, 1e-7, 2 ** 60, Number.NaN, Number.POSITIVE_INFINITY, -Infinity];
    for (const number of numbers) {
      const writer = new SourceWriter();
      // As a negated operand, where a literal with a sign of its own would be no code at all.
      const answer = answerOf(writer, `[${writer.constant(number)}, -${writer.constant(number)}]`);
      // Zero without its sign is enough: no rule tells the two apart.
      assert.deepEqual(answer, [number === 0 ? 0 : number, number === 0 ? -0 : -number]);
    }
  });

  it('writes strict code', () => {
    assert.equal(answerOf(new SourceWriter(), 'this'), undefined);
    const writer = new SourceWriter();
    writer.line('undeclared = 1;');
    assert.throws(() => answerOf(writer, '1'), ReferenceError);
  });

  it('lets two functions of one name and text hold different constants', () => {
    const made = [1, 2].map((n) => {
      const writer = new SourceWriter();
      return answerOf(writer, writer.constant({ n }));
    });
    assert.deepEqual(made, [{ n: 1 }, { n: 2 }]);
  });
});

describe('quoted', () => {
  it('is a literal of the text, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', "'", '`', '\\', '\n', '\u2028', '\ud800', '${', 'a') }),
        (text) => assert.equal(answerOf(new SourceWriter(), quoted(text)), text),
      ),
    );
  });

  it('names a property of that name', () => {
    for (const name of ['a', 'two words', '"];throw 1;["', '__proto__', '7', '']) {
      const object = Object.fromEntries([[name, 'here']]);
      assert.equal(answerOf(new SourceWriter(), `x[${quoted(name)}]`, object), 'here', name);
    }
  });
});

describe('mayGenerateCode', () => {
  it('says whether the process may, and keeps to it', async () => {
    assert.equal(mayGenerateCode(), true);
    assert.equal(mayGenerateCode(), true);
    const url = pathToFileURL(join(ROOT, 'built/validation/compiled/source-writer.js')).href;
    const source = `import { mayGenerateCode } from '${url}'; console.log(mayGenerateCode(), mayGenerateCode());`;
    const flags = ['--disallow-code-generation-from-strings', '--input-type=module'];
    const { stdout } = await run(process.execPath, [...flags, '-e', source]);
    assert.equal(stdout, 'false false\n');
  });
});
