import { gzipSync } from 'node:zlib';
import type { HttpRow } from '../row.js';

function context(name: string, part: string, headers: HttpRow['headers'] = {}): HttpRow {
  return { name, path: `/context/${part}`, headers };
}

/** The ids of a request and the shape of the context. */
export const IDENTITY: readonly HttpRow[] = [
  context('the ids of a request', 'ids'),
  context('the id that the client sent', 'ids', { 'X-Request-Id': 'mine-1' }),
  context('the id that the platform sent', 'ids', { 'X-Cloudbase-Request-Id': 'cloud-1' }),
  context('the id of the platform before that of the client', 'ids', {
    'X-Request-Id': 'mine-1',
    'X-Cloudbase-Request-Id': 'cloud-1',
  }),
  context('an empty id', 'ids', { 'X-Request-Id': '' }),
  context('an id twice', 'ids', { 'X-Request-Id': ['one', 'two'] }),
  context('an id with markup', 'ids', { 'X-Request-Id': '<script>"\'' }),
  context('an id of 300 characters', 'ids', { 'X-Request-Id': 'x'.repeat(300) }),
  context('the timestamp', 'timestamp'),
  context('the members of the context', 'members'),
  context('the members of httpContext', 'http-keys'),
  context('what is frozen', 'frozen'),
  context('the context as JSON', 'json'),
  context('the headers of a request', 'headers', { 'X-One': 'a', 'X-Many': ['a', 'b'], Cookie: 'a=1; b=2' }),
  context('the address of a request', 'url?x=1&y=%20'),
  context('the address with a host of its own', 'url', { Host: 'example.org' }),
  context('the address behind a gateway', 'url', { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'example.org' }),
  context('an extended context without a key', 'extended', { 'X-Cloudbase-Context': 'eyJlbnZJZCI6ImUifQ==' }),
];

const KEY = 'X-Cloudbase-Context';

function extended(name: string, value: string | Buffer, encoding: 'base64' | 'base64url' = 'base64'): HttpRow {
  return context(`extended context ${name}`, 'extended', { [KEY]: Buffer.from(value).toString(encoding) });
}

/** With EXTENDED_CONTEXT_KEY=X-Cloudbase-Context. */
export const EXTENDED: readonly HttpRow[] = [
  extended('in gzip', gzipSync('{"envId":"e","userId":"ü"}')),
  extended('in gzip and base64url', gzipSync('{"envId":">>>???","userId":"u"}'), 'base64url'),
  extended('as plain JSON', '{"envId":"e","userId":"ü"}'),
  extended('as plain JSON in base64url', '{"envId":">>>???","userId":"ü"}', 'base64url'),
  extended('that is empty', ''),
  extended('that is no JSON', 'not json'),
  extended('in gzip that is no JSON', gzipSync('not json')),
  extended('in gzip that breaks off', gzipSync('{"envId":"e"}').subarray(0, 20)),
  extended('that is a number', gzipSync('5')),
  extended('that is null', gzipSync('null')),
  extended('that is an empty object', gzipSync('{}')),
  extended('of 2 MB', gzipSync(JSON.stringify({ a: 'x'.repeat(2_000_000) }))),
  context('no extended context', 'extended'),
  context('the members with an extended context', 'members', { [KEY]: gzipSync('{"a":1}').toString('base64') }),
  context('the headers without the extended context', 'headers', { [KEY]: 'eyJhIjoxfQ==', 'X-Other': 'stays' }),
];

/** With EXTENDED_CONTEXT, a context that is the same for every request. */
export const GIVEN: readonly HttpRow[] = [
  context('an extended context from the environment', 'extended'),
  context('an extended context from the environment, not from a header', 'extended', { [KEY]: 'eyJhIjoxfQ==' }),
];
