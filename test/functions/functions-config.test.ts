import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, describe, it } from 'node:test';
import { Ajv } from 'ajv';
import fc from 'fast-check';

import { StartupError } from '#src/errors/startup-error.js';
import { readFunctionsConfig } from '#src/functions/functions-config.js';
import { ROOT } from '../fixtures/run-process.js';
import { ProjectFolder } from './project-folder.js';

const folder = new ProjectFolder({});
after(() => folder.remove());

function read(content: unknown) {
  folder.write('c.json', typeof content === 'string' ? content : JSON.stringify(content));
  return readFunctionsConfig(folder.at('c.json'));
}

/** `line: problem → remedy` of each mistake. */
function mistakesOf(content: unknown): string[] {
  try {
    read(content);
  } catch (error) {
    assert.ok(error instanceof StartupError, String(error));
    const file = relative('.', folder.at('c.json'));
    return error.mistakes.map(
      ({ where, problem, remedy }) => `${where.replace(`${file}:`, '')} ${problem} → ${remedy}`,
    );
  }
  return [];
}

const A = { name: 'a', directory: 'a' };

describe('readFunctionsConfig', () => {
  it('gives the functions, and every triggerPath among the routes', () => {
    const { functionsRoot, functions, routes } = read({
      functionsRoot: 'src',
      functions: [
        { ...A, triggerPath: '/a/' },
        { name: 'b', directory: 'b', source: 'x.js', target: 'one.two', triggerPath: null, other: 1 },
      ],
      routes: [{ path: '/', functionName: 'b' }],
    });
    assert.equal(functionsRoot, 'src');
    assert.deepEqual(functions[1], { name: 'b', directory: 'b', source: 'x.js', target: 'one.two', triggerPath: '' });
    assert.deepEqual(routes, [
      { path: '/', functionName: 'b' },
      { path: '/a', functionName: 'a' },
    ]);
  });

  it('takes its own folder for the root, and a byte order mark for nothing', () => {
    assert.equal(read({}).functionsRoot, '.');
    assert.deepEqual(read(`\uFEFF{"functions":[]}`).functions, []);
  });

  it('takes a route that is said twice for one', () => {
    const routes = [
      { path: '/a', functionName: 'a' },
      { path: '/a/', functionName: 'a' },
    ]; // prettier-ignore
    assert.equal(read({ functions: [{ ...A, triggerPath: '/a' }], routes }).routes.length, 1);
  });

  const lines = (...rows: string[]) => rows.join('\n');
  for (const [what, text, expected] of [
    [
      'a function that a route names and nobody knows',
      lines(
        '{',
        '"functions": [{"name":"a","directory":"a"}],',
        '"routes": [',
        '{"path":"/x",',
        '"functionName":"b"}]}',
      ),
      '5 there is no function b → name one of functions: a',
    ],
    [
      'two functions on one path',
      lines(
        '{"functions": [{"name":"a","directory":"a"},{"name":"b","directory":"b",',
        '"triggerPath":"/x/"}],',
        '"routes":[{"path":"/x","functionName":"a"}]}',
      ),
      '2 /x/ leads to b here and to a elsewhere → leave the path to one function',
    ],
    [
      'two functions of one name',
      lines('{"functions": [', '{"name":"a","directory":"a"},', '{"name":"a","directory":"b"}]}'),
      '3 two functions are called a → rename one',
    ],
    [
      'a path that no request has',
      lines('{"functions": [', '{"name":"a","directory":"a",', '"triggerPath":"a"}]}'),
      '3 no request has the path a → begin it with / and leave ? and # out',
    ],
    [
      'a function without a folder',
      lines('{"functions": [', '{"name":"a"}]}'),
      '2 directory of a function is missing → add it',
    ],
    [
      'a name that is a number',
      '{"functions":[{"name":1,"directory":"a"}]}',
      '1 name of a function is no text → write it in double quotes',
    ],
    ['an empty name', '{"functions":[{"name":"","directory":"a"}]}', '1 name of a function is empty → fill it in'],
    ['functions that are no array', '{\n"functions":{}}', '2 functions is no array → write "functions": [ … ]'],
    ['an entry that is no object', '{"routes":[\n1]}', '2 an entry of routes is no object → write { … }'],
    ['a file that is no object', '[]', '1 it holds no object → write { "functions": [ … ] }'],
    [
      'text that is no JSON',
      '{\n  "a": 1,\n}',
      '3:1 it is no JSON: expected a property name in double quotes → mend the text',
    ],
  ] as const) {
    it(`names the line and the remedy of ${what}`, () => {
      assert.deepEqual(mistakesOf(text), [expected]);
    });
  }

  it('names all mistakes at once', () => {
    assert.equal(mistakesOf({ functions: [{ name: 1 }, {}], routes: [{}] }).length, 6);
  });

  it('says that a file cannot be read', () => {
    assert.throws(() => readFunctionsConfig(folder.at('none.json')), /none\.json: it cannot be read/);
  });
});

describe('docs/cloudbase-functions.schema.json', () => {
  const schema = JSON.parse(readFileSync(join(ROOT, 'docs/cloudbase-functions.schema.json'), 'utf8')) as object;
  const valid = new Ajv({ allowUnionTypes: true }).compile(schema);
  // What a schema cannot say: who is named by whom.
  const ofNames = /there is no function|two functions are called|leads to/;
  const refused = (content: unknown) => mistakesOf(content).some((mistake) => !ofNames.test(mistake));

  it('is published, and each of its members is described', async () => {
    const { default: published } = (await import('yunction/cloudbase-functions.schema.json', {
      with: { type: 'json' },
    })) as { default: object };
    assert.deepEqual(published, schema);
  });

  it('agrees with our own reading on many files, good and bad', () => {
    const text = fc.constantFrom('a', 'b', '', '/', '/a', '/a/', '/b?c', '/d#', 'x/y');
    const odd = fc.oneof(text, fc.constantFrom(null, 1, true, [], {}));
    const member = fc.oneof({ weight: 5, arbitrary: text }, { weight: 1, arbitrary: odd });
    const path = fc.oneof({ weight: 4, arbitrary: fc.constantFrom('/', '/a', '/a/b') }, { weight: 1, arbitrary: odd });
    const optional = { requiredKeys: [] as never[] };
    const fn = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record(
          { name: member, directory: member, source: odd, target: odd, triggerPath: path },
          { requiredKeys: ['name', 'directory'] },
        ),
      },
      { weight: 1, arbitrary: fc.oneof(fc.record({ name: member }, optional), odd) },
    );
    const route = fc.oneof(
      { weight: 8, arbitrary: fc.record({ path, functionName: member }) },
      { weight: 1, arbitrary: fc.oneof(fc.record({ path }, optional), odd) },
    );
    const lists = (item: fc.Arbitrary<unknown>) =>
      fc.oneof({ weight: 9, arbitrary: fc.array(item, { maxLength: 2 }) }, { weight: 1, arbitrary: odd });
    const config = fc.oneof(
      {
        weight: 9,
        arbitrary: fc.record({ functionsRoot: member, functions: lists(fn), routes: lists(route) }, optional),
      },
      { weight: 1, arbitrary: odd },
    );
    const seen = { good: 0, bad: 0 };
    fc.assert(
      fc.property(config, (content) => {
        const good = valid(content);
        seen[good ? 'good' : 'bad'] += 1;
        assert.equal(
          !refused(content),
          good,
          JSON.stringify({ content, ours: mistakesOf(content), schema: valid.errors }),
        );
      }),
      { numRuns: 800 },
    );
    assert.ok(seen.good > 50 && seen.bad > 50, JSON.stringify(seen));
  });
});
