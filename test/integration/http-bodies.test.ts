import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { IsInt, IsOptional, IsString } from 'class-validator';
import { FormData, request } from 'undici';
import { UploadedFile } from '#src/body/uploaded-file.js';
import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { FromHeader } from '#src/decorators/from.js';
import { serve, type Served } from '../serve.js';
import { until } from '../until.js';
import { exchange, head, post, RawClient } from './http-raw-client.js';

class Item {
  @IsString() name!: string;
  @IsInt() @IsOptional() count?: number;
  @FromHeader() @IsString() @IsOptional() xTag?: string;
}

const seen: { signal?: AbortSignal; file?: string } = {};

@Controller()
class Bodies {
  @Http('POST', '/item')
  item(event: Item): unknown {
    return event;
  }

  @Http('POST', '/any')
  any(event: unknown): unknown {
    return { event };
  }

  @Http('POST', '/ignored')
  ignored(): string {
    return 'ignored';
  }

  @Http('POST', '/upload')
  upload(event: Record<string, unknown>, context: HttpContext): unknown {
    seen.signal = context.signal;
    return Object.entries(event).map(([name, value]) =>
      value instanceof UploadedFile ? { name, file: value.originalFilename, size: value.size } : { name, value },
    );
  }
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
const MULTIPART = { 'Content-Type': 'multipart/form-data; boundary=b' };

function part(disposition: string, content: string, headers = ''): string {
  return `--b\r\nContent-Disposition: form-data; ${disposition}\r\n${headers}\r\n${content}\r\n`;
}

describe('a body that cannot be read', () => {
  const temporaryFolder = mkdtempSync(join(tmpdir(), 'yunction-http-'));
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Bodies], temporaryFolder, maxBodyBytes: 100_000, maxFileBytes: 1000 });
  });
  after(async () => {
    await served.close();
    rmSync(temporaryFolder, { recursive: true });
  });
  afterEach(async () => {
    const { statusCode, body } = await request(`${served.url}/any`, { method: 'POST', headers: JSON_TYPE, body: '1' });
    await body.dump();
    assert.equal(statusCode, 200, 'the server answers the next good request');
    assert.deepEqual(readdirSync(temporaryFolder), []);
  });

  const REFUSED: readonly [
    what: string,
    path: string,
    body: string | Buffer,
    headers: Record<string, string>,
    status: number,
    code: string,
  ][] = [
    ['JSON that breaks off', '/any', '{"a":', JSON_TYPE, 400, 'MALFORMED_JSON'],
    ['an empty JSON body', '/item', '', JSON_TYPE, 400, 'MALFORMED_JSON'],
    ['JSON of 10,000 levels', '/any', '['.repeat(10_000) + ']'.repeat(10_000), JSON_TYPE, 400, 'JSON_TOO_DEEP'],
    ['an event of 1,000 levels', '/item', '{"name":'.repeat(1000), JSON_TYPE, 400, 'JSON_TOO_DEEP'],
    ['__proto__ as a key', '/any', '{"__proto__":{"x":1}}', JSON_TYPE, 400, 'FORBIDDEN_KEY'],
    ['constructor.prototype', '/any', '{"constructor":{"prototype":{"x":1}}}', JSON_TYPE, 400, 'FORBIDDEN_KEY'],
    ['bytes that are not UTF-8', '/any', Buffer.from([0x22, 0xff, 0x22]), JSON_TYPE, 400, 'MALFORMED_JSON'],
    ['JSON in UTF-16', '/any', '1', { 'Content-Type': 'application/json; charset=utf-16' }, 415, 'UNSUPPORTED_CHARSET'],
    ['an unknown charset', '/any', 'x', { 'Content-Type': 'text/plain; charset=klingon' }, 415, 'UNSUPPORTED_CHARSET'],
    ['text for an event class', '/item', 'x', { 'Content-Type': 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['bytes without a type for an event class', '/item', 'x', {}, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['junk for a type', '/item', '{}', { 'Content-Type': ';;;' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['an unknown coding', '/any', 'x', { ...JSON_TYPE, 'Content-Encoding': 'foo' }, 415, 'UNSUPPORTED_ENCODING'],
    ['gzip that is none', '/any', 'x', { ...JSON_TYPE, 'Content-Encoding': 'gzip' }, 400, 'MALFORMED_ENCODING'],
    ['an array for an event class', '/item', '[]', JSON_TYPE, 400, 'VALIDATION_FAILED'],
    ['null for an event class', '/item', 'null', JSON_TYPE, 400, 'VALIDATION_FAILED'],
    ['no body for an event class', '/item', '', {}, 400, 'VALIDATION_FAILED'],
    [
      'multipart without a boundary',
      '/upload',
      'x',
      { 'Content-Type': 'multipart/form-data' },
      400,
      'MALFORMED_MULTIPART',
    ],
    ['multipart that breaks off', '/upload', part('name="a"', '1').slice(0, -5), MULTIPART, 400, 'MALFORMED_MULTIPART'],
    ['a file that breaks off', '/upload', part('name="a"; filename="f"', 'x'), MULTIPART, 400, 'MALFORMED_MULTIPART'],
    ['10,000 fields', '/upload', `${part('name="a"', '1').repeat(1500)}--b--\r\n`, MULTIPART, 413, 'TOO_MANY_PARTS'],
    [
      'a file over the limit',
      '/upload',
      `${part('name="a"; filename="f"', 'x'.repeat(1001))}--b--\r\n`,
      MULTIPART,
      413,
      'FILE_TOO_LARGE',
    ],
    [
      'a file name with a NUL',
      '/upload',
      `${part('name="a"; filename="a\0b"', 'x')}--b--\r\n`,
      MULTIPART,
      400,
      'MALFORMED_MULTIPART',
    ],
    ['a field without a name', '/upload', `${part('name=""', '1')}--b--\r\n`, MULTIPART, 400, 'MALFORMED_MULTIPART'],
  ];

  for (const [what, path, body, headers, status, code] of REFUSED) {
    it(`is refused with ${status} ${code}: ${what}`, async () => {
      const response = await exchange(served.port, post(path, body, headers));
      assert.equal(response.status, status, response.body);
      assert.equal((JSON.parse(response.body) as { code: string }).code, code);
      assert.ok(response.whole);
      assert.equal(({} as { x?: unknown }).x, undefined);
    });
  }

  it('is refused with the place of the fault where JSON is malformed', async () => {
    const response = await exchange(served.port, post('/any', '{\n "a": ? }', JSON_TYPE));
    assert.match((JSON.parse(response.body) as { detail: string }).detail, /line 2, column 7/);
  });

  it('is answered field by field where the event is not valid', async () => {
    const response = await exchange(served.port, post('/item', '{"count":1.5}', JSON_TYPE));
    const { errors } = JSON.parse(response.body) as { errors: { in: string; path: string; rule: string }[] };
    assert.deepEqual(
      errors.map((error) => [error.in, error.path, error.rule]),
      [
        ['body', 'name', 'isString'],
        ['body', 'count', 'isInt'],
      ],
    );
  });

  for (const [what, framing] of [
    ['its announced length', { 'Content-Length': '50000000' }],
    ['what streams in', { 'Transfer-Encoding': 'chunked' }],
  ] as const) {
    it(`is refused with 413 by ${what}, and a client that goes on sending reads the whole answer`, async () => {
      const client = await RawClient.open(served.port);
      client.write(head('POST /any', { ...JSON_TYPE, ...framing }));
      const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
      for (let sent = 0; sent < 30; sent += 1) client.write(chunk);
      const response = await client.response();
      assert.equal(response.status, 413);
      assert.ok(response.whole);
      assert.deepEqual(response.headers.get('connection'), ['close']);
      await client.end();
      await client.destroy();
    });
  }

  it('does not reach the handler when the client leaves midway, and leaves no file', async () => {
    delete seen.signal;
    const client = await RawClient.open(served.port);
    client.write(
      head('POST /upload', { ...MULTIPART, 'Content-Length': '90000' }),
      part('name="a"; filename="f"', 'xx'),
    );
    await until(() => readdirSync(temporaryFolder).length > 0);
    await client.reset();
    await until(() => readdirSync(temporaryFolder).length === 0);
    assert.equal(seen.signal, undefined);
  });

  it('may be ignored by the handler: the answer arrives whole, whatever the client goes on to send', async () => {
    const client = await RawClient.open(served.port);
    client.write(head('POST /ignored', { 'Content-Length': '300000' }));
    const response = await client.response();
    assert.deepEqual([response.status, response.body], [200, 'ignored']);
    client.write('x'.repeat(300_000));
    await client.end();
    await client.destroy();
  });
});

describe('a body that is odd and all the same right', () => {
  const temporaryFolder = mkdtempSync(join(tmpdir(), 'yunction-http-'));
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Bodies], temporaryFolder });
  });
  after(async () => {
    await served.close();
    rmSync(temporaryFolder, { recursive: true });
  });

  it('has a byte order mark', async () => {
    const response = await exchange(served.port, post('/any', '\ufeff{"a":1}', JSON_TYPE));
    assert.deepEqual(JSON.parse(response.body), { event: { a: 1 } });
  });

  it('has no bytes, and a plain handler gets {}', async () => {
    const response = await exchange(served.port, post('/any', ''));
    assert.deepEqual(JSON.parse(response.body), { event: {} });
  });

  it('has blanks and capitals in its type, and is validated all the same', async () => {
    for (const type of ['APPLICATION/JSON', ' application/json', 'application/json\t;x', 'application/vnd.a+json']) {
      const response = await exchange(served.port, post('/item', '{}', { 'Content-Type': type }));
      assert.equal((JSON.parse(response.body) as { code: string }).code, 'VALIDATION_FAILED', type);
    }
  });

  it('has a header that is repeated: the event gets them joined', async () => {
    const body = '{"name":"a"}';
    const bytes = head('POST /item', { ...JSON_TYPE, 'Content-Length': String(body.length), 'X-Tag': ['1', '2'] });
    const response = await exchange(served.port, bytes, body);
    assert.deepEqual(JSON.parse(response.body), { name: 'a', xTag: '1, 2' });
  });

  it('has files with names that lead elsewhere: only the last part is kept', async () => {
    const form = new FormData();
    form.set('up', new Blob(['abc']), '../../etc/passwd');
    const { body } = await request(`${served.url}/upload`, { method: 'POST', body: form });
    const [up] = (await body.json()) as { file: string; size: number }[];
    assert.deepEqual([up?.file, up?.size], ['passwd', 3]);
    await until(() => readdirSync(temporaryFolder).length === 0);
  });
});
