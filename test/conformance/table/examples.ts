import { gzipSync } from 'node:zlib';
import type { Row } from '../row.js';
import { form } from './uploads.js';

/** The examples of the platform's typings, as ECMAScript modules and as CommonJS. */
export const EXAMPLES: readonly Row[] = ['esm', 'commonjs'].flatMap(rowsOf);

function rowsOf(kind: string): Row[] {
  const at = (name: string) => `/${kind}/${name}`;
  const named = (name: string) => `${kind} example: ${name}`;
  const context = gzipSync('{"envId":"env-1","userId":"user-1"}').toString('base64');
  return [
    { name: named('GET'), path: at('get') },
    { name: named('no GET'), method: 'POST', path: at('get') },
    {
      name: named('JSON'),
      method: 'POST',
      path: at('json'),
      body: '{"a":1,"b":"text"}',
      headers: { 'Content-Type': 'application/json' },
    },
    form(
      named('form'),
      [
        ['name="str"', 'a field'],
        ['name="file"; filename="a.txt"', 'hello', 'text/plain'],
      ],
      { path: at('form') },
    ),
    {
      name: named('Buffer'),
      method: 'PUT',
      path: at('buffer'),
      body: Buffer.from([1, 2, 3]),
      headers: { 'Content-Type': 'application/octet-stream' },
    },
    { name: named('extended context'), path: at('extended-context'), headers: { 'X-Cloudbase-Context': context } },
    { name: named('no extended context'), path: at('extended-context') },
    { name: named('no result'), path: at('nothing') },
    { name: named('text'), path: at('text') },
    { name: named('integration response'), path: at('integration') },
    { name: named('async'), path: at('later') },
    { name: named('sse'), path: at('sse'), until: /a raw message\. \nThis is another raw message\.\n\n/ },
    {
      name: named('WebSocket'),
      path: at('web-socket'),
      socket: { sends: ['ping'], messages: 2, finally: { code: 1000, reason: 'bye' } },
    },
    { name: named('WebSocket that is denied'), path: at('web-socket/denied?ticket=none'), socket: {} },
    {
      name: named('WebSocket with a query'),
      path: at('web-socket?ticket=1'),
      socket: { sends: ['ping'], messages: 2, finally: { code: 1000, reason: 'bye' } },
    },
  ];
}
