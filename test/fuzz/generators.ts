// What the fuzzer sends: bytes near to what a client would send, and then spoilt.
import fc from 'fast-check';
import { upgradeBytes } from '../integration/web-socket-client.js';
import { frame } from '../websocket-protocol/protocol-suite.js';

/** What goes over one connection, in the pieces in which it is written. */
export type Input = readonly Buffer[];

type Spoiling = readonly [what: 'flip' | 'drop' | 'double' | 'cut' | 'insert', at: number, length: number];

const spoiling: fc.Arbitrary<Spoiling> = fc.tuple(
  fc.constantFrom('flip' as const, 'drop' as const, 'double' as const, 'cut' as const, 'insert' as const),
  fc.nat(),
  fc.integer({ min: 1, max: 40 }),
);

function spoil(bytes: Buffer, [what, place, length]: Spoiling): Buffer {
  const at = bytes.length === 0 ? 0 : place % bytes.length;
  const end = Math.min(bytes.length, at + length);
  if (what === 'cut') return bytes.subarray(0, at);
  if (what === 'drop') return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
  if (what === 'double') return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
  if (what === 'insert') return Buffer.concat([bytes.subarray(0, at), Buffer.from([place & 255]), bytes.subarray(at)]);
  const copy = Buffer.from(bytes);
  if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << (length % 8));
  return copy;
}

/** Half of what is sent is as it should be but for its values; the other half is spoilt in a place or three. */
function sent(whole: fc.Arbitrary<Buffer>): fc.Arbitrary<Input> {
  const spoilings = fc.oneof(fc.constant<Spoiling[]>([]), fc.array(spoiling, { minLength: 1, maxLength: 3 }));
  return fc.tuple(whole, spoilings, fc.array(fc.nat(), { maxLength: 3 })).map(([bytes, faults, places]) => {
    const spoilt = faults.reduce(spoil, bytes);
    const cuts = places.map((place) => place % (spoilt.length + 1)).toSorted((a, b) => a - b);
    return [0, ...cuts].map((cut, index) => spoilt.subarray(cut, cuts[index] ?? spoilt.length));
  });
}

const text = (maxLength: number) =>
  fc.oneof(
    fc.string({ maxLength }),
    fc.string({ unit: 'binary', maxLength }),
    fc.constantFrom('__proto__', 'constructor', '\0', '\r\n', '%zz', '%00', '..', '\ud800', 'ÿ', '你', '-1', '1e400'),
  );

const PATHS = [
  '/good',
  '/any',
  '/orders',
  '/tree',
  '/orders/1',
  '/orders/x',
  '/text',
  '/bytes',
  '/stream',
  '/upload',
  '/download',
  '/events',
  '/echo',
  '/none',
  '/_healthz',
  '/_readyz',
  '*',
  '//',
  '/any/../good',
  'http://a/any',
  '',
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND', 'FOO', ''];
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=utf-16',
  'text/plain',
  'text/plain; charset=gbk',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=edge',
  'a/b',
  ';;;',
  '',
];
const NAMES = [
  'Content-Type',
  'Content-Length',
  'Transfer-Encoding',
  'Content-Encoding',
  'Connection',
  'Upgrade',
  'Expect',
  'Cookie',
  'Host',
  'Origin',
  'Range',
  'If-None-Match',
  'Last-Event-ID',
  'X-Request-Id',
  'X-Forwarded-For',
  'Accept-Encoding',
  'Trailer',
  'TE',
  '__proto__',
  'Sec-WebSocket-Key',
  'Sec-WebSocket-Version',
];
const VALUES = [
  ...TYPES,
  'chunked',
  'gzip',
  'br',
  'deflate',
  'identity',
  'gzip, gzip',
  'close',
  'keep-alive',
  'Upgrade',
  'websocket',
  'h2c',
  '100-continue',
  '0',
  '1',
  '5',
  '-1',
  '99999999999',
  '1, 1',
  'a=b; c=d',
  '__proto__=1',
  '1-0',
  'bytes=0-1',
  '13',
];

const line = text(30).map((value) => value.replace(/[\r\n]/g, ''));
const header = fc.tuple(
  fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...NAMES) }, { weight: 1, arbitrary: line }),
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...VALUES) }, { weight: 1, arbitrary: line }),
);
const target = fc
  .tuple(fc.constantFrom(...PATHS), fc.option(text(40), { nil: undefined }), fc.boolean())
  .map(([path, query, raw]) => {
    if (query === undefined) return path;
    return `${path}?${raw ? query.replace(/[\r\n ]/g, '') : encodeURIComponent(Buffer.from(query).toString())}`;
  });

/** A request with its length announced, so that what follows is not taken for a part of it. */
function request(method: string, path: string, headers: readonly (readonly [string, string])[], body: Buffer): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: a', ...headers.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

const httpRequest = fc
  .tuple(
    fc.constantFrom(...METHODS),
    target,
    fc.array(header, { maxLength: 8 }),
    bytes(200),
    fc.constantFrom('none', 'length', 'chunks'),
  )
  .map(([method, path, headers, body, framing]) => {
    if (framing === 'none') return request(method, path, headers, body);
    if (framing === 'length') return request(method, path, [...headers, ['Content-Length', `${body.length}`]], body);
    const chunks = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
    return request(method, path, [...headers, ['Transfer-Encoding', 'chunked']], chunks);
  });

/** One to four requests on a connection. */
export const http = sent(fc.array(httpRequest, { minLength: 1, maxLength: 4 }).map((all) => Buffer.concat(all)));

const hostileJson = fc.constantFrom(
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":1}}',
  '['.repeat(5000),
  `${'{"left":'.repeat(70)}{}${'}'.repeat(70)}`,
  '{"email":"a@b.example","lines":[{"sku":"a","quantity":1}]}',
  '{"email":"a@b.example","lines":{"0":1,"length":1}}',
  '{"children":[{"children":[null]}],"n":1e400}',
  '{"n":-0,"n":1}',
  '"\\ud800"',
  'null',
  '',
);
const keyed = fc.dictionary(
  fc.constantFrom(
    'email',
    'lines',
    'left',
    'children',
    'n',
    'sku',
    'quantity',
    'note',
    'text',
    '__proto__',
    'toString',
  ),
  fc.jsonValue({ maxDepth: 4 }),
);

/** A JSON event for one of the validated routes. */
export const json = sent(
  fc
    .tuple(
      fc.constantFrom('/orders', '/tree', '/any', '/text', '/upload'),
      fc.oneof(
        fc.json({ maxDepth: 6 }),
        keyed.map((value) => JSON.stringify(value)),
        hostileJson,
      ),
      fc.constantFrom('application/json', 'application/json; charset=utf-8', 'application/merge-patch+json'),
    )
    .map(([path, body, type]) => {
      const data = Buffer.from(body);
      return request(
        'POST',
        path,
        [
          ['Content-Type', type],
          ['Content-Length', `${data.length}`],
        ],
        data,
      );
    }),
);

const disposition = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('name="a"', 'name="f"; filename="f.txt"', 'name="a[b]"', "filename*=UTF-8''x"),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', 'name=""', 'name="__proto__"', 'name="f"; filename=""', 'name="f"; filename="../x"'),
  },
  { weight: 1, arbitrary: line.map((value) => `name="${value}"`) },
);
const part = fc
  .tuple(
    disposition,
    fc.constantFrom('', 'Content-Type: text/plain\r\n', ' folded: x\r\n', 'Content-Transfer-Encoding: base64\r\n'),
    bytes(300),
  )
  .map(([parameters, more, body]) =>
    Buffer.concat([
      Buffer.from(`--edge\r\nContent-Disposition: form-data; ${parameters}\r\n${more}\r\n`, 'latin1'),
      body,
      Buffer.from('\r\n'),
    ]),
  );

/** A form with files. */
export const multipart = sent(
  fc
    .tuple(
      fc.array(part, { maxLength: 6 }),
      fc.constantFrom('--edge--\r\n', '--edge--', '--edge', '', '--edge\r\n'),
      fc.nat({ max: 30 }),
    )
    .map(([parts, end, extra]) => {
      const body = Buffer.concat([...parts, Buffer.from(end)]);
      // Now and then more is announced than comes.
      const length = extra === 30 ? body.length + 10 : body.length;
      const type: [string, string] = ['Content-Type', 'multipart/form-data; boundary=edge'];
      return request('POST', '/upload', [type, ['Content-Length', `${length}`]], body);
    }),
);

const oneFrame = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(0, 1, 2, 8, 9, 10) },
      { weight: 1, arbitrary: fc.nat({ max: 15 }) },
    ),
    fc.oneof(
      bytes(150),
      fc
        .constantFrom('{"text":"a"}', '{"text":1}', '{"id":1,"text":"b"}', '{', '\x03\xe8', '')
        .map((value) => Buffer.from(value, 'latin1')),
      keyed.map((value) => Buffer.from(JSON.stringify(value))),
    ),
    fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 7 }) }),
    fc.oneof({ weight: 15, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  )
  .map(([opcode, payload, fin, rsv, bare]) => frame(opcode, payload, { fin, rsv, ...(bare ? { mask: null } : {}) }));

/** An upgrade and its frames. */
export const webSocket = fc
  .tuple(
    fc.constantFrom('/echo', '/deflate', '/json', '/good', '/none'),
    fc.constantFrom(
      undefined,
      'permessage-deflate',
      'permessage-deflate; client_max_window_bits',
      'x; y="z',
      'permessage-deflate; a',
    ),
    sent(fc.array(oneFrame, { maxLength: 8 }).map((all) => Buffer.concat(all))),
  )
  .map(([path, extensions, frames]): Input => {
    return [Buffer.from(upgradeBytes(path, { 'Sec-WebSocket-Extensions': extensions })), ...frames];
  });
