'use strict';
// One result for each case; the last segment of the path chooses.
const { createReadStream } = require('node:fs');
const { Readable } = require('node:stream');

const self = [];
self.push(self);

const RESULTS = {
  undefined: () => undefined,
  null: () => null,
  string: () => 'wörld',
  'empty-string': () => '',
  'html-string': () => '<p>hello</p>',
  number: () => 42,
  zero: () => 0,
  nan: () => Number.NaN,
  true: () => true,
  false: () => false,
  object: () => ({ text: 'wörld', list: [1, null], nested: { undefined: undefined } }),
  'empty-object': () => ({}),
  array: () => [1, 'two', { three: 3 }],
  'empty-array': () => [],
  date: () => new Date(0),
  map: () => new Map([['key', 'value']]),
  'to-json': () => ({ toJSON: () => ({ made: 'by toJSON' }) }),
  'no-prototype': () => Object.assign(Object.create(null), { key: 'value' }),
  error: () => new TypeError('returned, not thrown'),
  code: () => ({ code: 'OUT_OF_STOCK', message: 'a business error' }),
  buffer: () => Buffer.from([0, 1, 2, 250]),
  'empty-buffer': () => Buffer.alloc(0),
  bytes: () => new Uint8Array([104, 105]),
  bigint: () => 12345678901234567890n,
  cycle: () => self,
  function: () => () => 'called',
  symbol: () => Symbol('result'),
  stream: () => Readable.from(['one ', 'two ', 'three']),
  file: () => createReadStream(__filename, { start: 0, end: 11 }),
  'object-stream': () => Readable.from([Buffer.from('bytes')]),
  'web-stream': () => new Blob(['from a web stream']).stream(),
  blob: () => new Blob(['blob'], { type: 'text/css' }),
  response: () => new Response('made here', { status: 201, headers: { 'x-made': 'here' } }),
  promise: () => Promise.resolve('later'),
  thenable: () => ({ then: (resolve) => resolve('by a thenable') }),
  async: async () => ({ later: true }),
  // A stream that fails after its first piece.
  'breaking-stream': () =>
    Readable.from(
      (function* pieces() {
        yield 'first';
        throw new Error('the source broke');
      })(),
    ),

  integration: () => ({ statusCode: 201, headers: { 'X-Made': 'here' }, body: 'created' }),
  'integration-null-headers': () => ({ statusCode: 202, headers: null, body: 'accepted' }),
  'integration-no-headers': () => ({ statusCode: 203, body: 'looks like one' }),
  'integration-string-status': () => ({ statusCode: '201', headers: {}, body: 'looks like one' }),
  'integration-no-body': () => ({ statusCode: 200, headers: {} }),
  'integration-null-body': () => ({ statusCode: 200, headers: {}, body: null }),
  'integration-object': () => ({ statusCode: 418, headers: {}, body: { short: 'and stout' } }),
  'integration-array': () => ({ statusCode: 200, headers: {}, body: [1, 2] }),
  'integration-number': () => ({ statusCode: 200, headers: {}, body: 7 }),
  'integration-false': () => ({ statusCode: 200, headers: {}, body: false }),
  'integration-buffer': () => ({ statusCode: 200, headers: {}, body: Buffer.from('bytes') }),
  'integration-png': () => ({ statusCode: 200, headers: { 'Content-Type': 'image/png' }, body: Buffer.from('png') }),
  'integration-stream': () => ({ statusCode: 206, headers: {}, body: Readable.from(['a', 'b']) }),
  'integration-html': () => ({ statusCode: 200, headers: { 'Content-Type': 'text/html' }, body: '<p>hi</p>' }),
  'integration-html-guessed': () => ({ statusCode: 200, headers: {}, body: ' <p>hi</p>' }),
  'integration-typed-object': () => ({
    statusCode: 200,
    headers: { 'content-type': 'application/vnd.api+json' },
    body: { data: [] },
  }),
  'integration-204': () => ({ statusCode: 204, headers: {}, body: 'never sent' }),
  'integration-304': () => ({ statusCode: 304, headers: { ETag: '"v1"' } }),
  'integration-302': () => ({ statusCode: 302, headers: { Location: '/elsewhere' } }),
  'integration-302-body': () => ({ statusCode: 302, headers: { Location: '/elsewhere' }, body: 'over there' }),
  'integration-cookies': () => ({ statusCode: 200, headers: { 'Set-Cookie': ['a=1', 'b=2; Path=/'] }, body: 'ok' }),
  'integration-list': () => ({ statusCode: 200, headers: { 'X-List': ['one', 'two'] }, body: 'ok' }),
  'integration-number-header': () => ({ statusCode: 200, headers: { 'X-Count': 3 }, body: 'ok' }),
  'integration-404': () => ({ statusCode: 404, headers: {}, body: 'mine' }),
  'integration-500': () => ({ statusCode: 500, headers: {}, body: { code: 'MINE' } }),
  'integration-429': () => ({ statusCode: 429, headers: { 'Retry-After': '3' } }),
  'integration-bad-header': () => ({ statusCode: 200, headers: { 'X-Bad': 'line\nbreak' }, body: 'ok' }),
  'integration-undefined-header': () => ({ statusCode: 200, headers: { 'X-None': undefined }, body: 'ok' }),
  'integration-status-99': () => ({ statusCode: 99, headers: {}, body: 'ok' }),
  'integration-status-299': () => ({ statusCode: 299, headers: {}, body: 'ok' }),
};

exports.main = function main(event, context) {
  const name = new URL(context.httpContext.url).pathname.split('/').at(-1);
  return RESULTS[name]();
};
exports.names = Object.keys(RESULTS);
