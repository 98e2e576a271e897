import { gzipSync } from 'node:zlib';
import type { HttpRow } from '../row.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND'];

function sent(name: string, type: string | undefined, body: string | Buffer, more: Partial<HttpRow> = {}): HttpRow {
  const { headers, ...rest } = more;
  return {
    name,
    method: 'POST',
    path: '/echo',
    headers: { ...(type === undefined ? {} : { 'Content-Type': type }), ...headers },
    body,
    ...rest,
  };
}

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** What `main` gets as its event. */
export const BODIES: readonly HttpRow[] = [
  ...METHODS.map((method) => ({ name: `${method} without a body`, method, path: '/echo/below?x=1' })),
  ...METHODS.filter((method) => method !== 'HEAD').map((method) =>
    sent(`${method} with JSON`, JSON_TYPE, '{"a":1}', { method }),
  ),

  sent('JSON with a charset', 'application/json; charset=utf-8', '{"text":"wörld"}'),
  sent('JSON in capitals', 'Application/JSON', '{"a":1}'),
  sent('JSON of a kind of its own', 'application/vnd.api+json', '{"data":[]}'),
  sent('JSON that is an array', JSON_TYPE, '[1,"two"]'),
  sent('JSON that is nested', JSON_TYPE, '{"a":{"b":[{"c":null}]}}'),
  sent('JSON with spaces around', JSON_TYPE, ' \n {"a":1} \n'),
  sent('JSON with a key twice', JSON_TYPE, '{"a":1,"a":2}'),
  sent('JSON with a byte order mark', JSON_TYPE, '\uFEFF{"a":1}'),
  sent('JSON with __proto__', JSON_TYPE, '{"__proto__":{"polluted":true},"a":1}'),
  sent('JSON that is empty', JSON_TYPE, ''),
  sent('JSON that is an empty object', JSON_TYPE, '{}'),
  sent('JSON that is null', JSON_TYPE, 'null'),
  sent('JSON that is a string', JSON_TYPE, '"text"'),
  sent('JSON that is a number', JSON_TYPE, '5'),
  sent('JSON that breaks off', JSON_TYPE, '{"a":'),
  sent('JSON that is none', JSON_TYPE, 'a=1'),
  sent('JSON that is two spaces', JSON_TYPE, '  '),
  sent('JSON that is not UTF-8', JSON_TYPE, Buffer.from('{"a":"\xe4"}', 'latin1')),
  sent('JSON that says it is Latin-1', 'application/json; charset=latin1', Buffer.from('{"a":"\xe4"}', 'latin1')),
  sent('JSON with an unknown charset', 'application/json; charset=klingon', '{"a":1}'),
  sent('JSON of 100 levels', JSON_TYPE, '['.repeat(100) + ']'.repeat(100)),
  sent('JSON inflated from gzip', JSON_TYPE, gzipSync('{"a":1}'), { headers: { 'Content-Encoding': 'gzip' } }),
  sent('JSON that says gzip and is not', JSON_TYPE, '{"a":1}', { headers: { 'Content-Encoding': 'gzip' } }),
  sent('JSON of an unknown encoding', JSON_TYPE, '{"a":1}', { headers: { 'Content-Encoding': 'squeezed' } }),
  sent('JSON in chunks', JSON_TYPE, '{"a":1}', { headers: { 'Transfer-Encoding': 'chunked' } }),

  sent('a form', FORM_TYPE, 'a=1&b=two+words&c=%E4%B8%AD'),
  sent('a form with a name twice', FORM_TYPE, 'a=1&a=2'),
  sent('a form with brackets', FORM_TYPE, 'a[b]=1&a[c][d]=2&list[]=x&list[]=y'),
  sent('a form with indexes', FORM_TYPE, 'list[0]=x&list[1]=y'),
  sent('a form with dots', FORM_TYPE, 'a.b=1'),
  sent('a form with no value', FORM_TYPE, 'a&b='),
  sent('a form that is empty', FORM_TYPE, ''),
  sent('a form with __proto__', FORM_TYPE, '__proto__[polluted]=true&a=1'),
  sent('a form with a broken escape', FORM_TYPE, 'a=%zz'),
  sent('a form nested deeply', FORM_TYPE, 'a[b][c][d][e][f][g][h]=1'),

  sent('text', 'text/plain', 'héllo'),
  sent('text with a charset', 'text/plain; charset=utf-8', 'héllo'),
  sent('text in Latin-1', 'text/plain; charset=latin1', Buffer.from('h\xe9llo', 'latin1')),
  sent('text that is empty', 'text/plain', ''),
  sent('HTML', 'text/html', '<p>hi</p>'),
  sent('CSV', 'text/csv', 'a,b\n1,2'),
  sent('XML of an application', 'application/xml', '<a/>'),
  sent('XML of a text', 'text/xml', '<a/>'),
  sent('JavaScript', 'application/javascript', 'f()'),
  sent('bytes', 'application/octet-stream', Buffer.from([0, 1, 254, 255])),
  sent('bytes that are empty', 'application/octet-stream', ''),
  sent('bytes by PUT', 'application/octet-stream', 'by PUT', { method: 'PUT' }),
  sent('bytes by DELETE', 'application/octet-stream', 'by DELETE', { method: 'DELETE' }),
  sent('a picture', 'image/png', Buffer.from('89504e47', 'hex')),
  sent('no content type', undefined, 'what is it'),
  sent('a content type that is none', 'nonsense', 'what is it'),
  sent('JSON for patches', 'application/json-patch+json', '[{"op":"remove","path":"/a"}]', { method: 'PATCH' }),
  sent('JSON of reports', 'application/csp-report', '{"csp-report":{}}'),
  sent('bytes inflated from gzip', 'application/octet-stream', gzipSync('inflated'), {
    headers: { 'Content-Encoding': 'gzip' },
  }),
  sent('text inflated from gzip', 'text/plain', gzipSync('inflated'), { headers: { 'Content-Encoding': 'gzip' } }),
  sent('text of 500 KB', 'text/plain', 'x'.repeat(500_000), { path: '/results/undefined' }),
  sent('JSON of 2 MB', JSON_TYPE, JSON.stringify('x'.repeat(2_000_000).split('y')), { path: '/results/undefined' }),
  sent('JSON that waits to be told to go on', JSON_TYPE, '{"a":1}', { headers: { Expect: '100-continue' } }),
];
