import type { HttpRow } from '../row.js';

/** Every case of functions/many/results, in its order. */
const CASES = [
  'undefined',
  'null',
  'string',
  'empty-string',
  'html-string',
  'number',
  'zero',
  'nan',
  'true',
  'false',
  'object',
  'empty-object',
  'array',
  'empty-array',
  'date',
  'map',
  'to-json',
  'no-prototype',
  'error',
  'code',
  'buffer',
  'empty-buffer',
  'bytes',
  'bigint',
  'cycle',
  'function',
  'symbol',
  'stream',
  'file',
  'object-stream',
  'web-stream',
  'blob',
  'response',
  'promise',
  'thenable',
  'async',
];
const INTEGRATIONS = [
  'integration',
  'null-headers',
  'no-headers',
  'string-status',
  'no-body',
  'null-body',
  'object',
  'array',
  'number',
  'false',
  'buffer',
  'png',
  'stream',
  'html',
  'html-guessed',
  'typed-object',
  '204',
  '304',
  '302',
  '302-body',
  'cookies',
  'list',
  'number-header',
  '404',
  '500',
  '429',
  'bad-header',
  'undefined-header',
  'status-99',
  'status-299',
].map((name) => (name === 'integration' ? name : `integration-${name}`));

function resultOf(name: string): HttpRow {
  return { name: `result ${name}`, path: `/results/${name}` };
}

function headOf(name: string): HttpRow {
  return { name: `HEAD, result ${name}`, method: 'HEAD', path: `/results/${name}` };
}

/** What becomes of a result. */
export const RESULTS: readonly HttpRow[] = [
  ...CASES.map(resultOf),
  { ...resultOf('breaking-stream'), hangs: true },
  ...INTEGRATIONS.map(resultOf),
  ...['undefined', 'string', 'object', 'buffer', 'stream', 'integration', 'integration-204'].map(headOf),
  { name: 'result of an unknown case', path: '/results/nothing-of-the-kind' },
];
