// Rows 15-24 of the catalogue: bodies that are not what they say.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { Type } from 'class-transformer';
import { Allow, IsInt, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { head, post, RawClient } from '../integration/http-raw-client.js';
import { until } from '../until.js';
import { type Catalogue, catalogue, codeOf, heapAfterCollection, openFiles, SECRET } from './catalogue.js';

class Untyped {
  @Allow() any!: unknown;
  @IsOptional() @IsString() secret?: string;
}
class Tree {
  @IsOptional() @IsObject() @ValidateNested() @Type(() => Tree) c?: Tree;
}
class Typed {
  @IsInt() n!: number;
}

let calls = 0;

@Controller()
class Bodies {
  @Http('POST', '/any') any(event: unknown) {
    calls += 1;
    return { got: event };
  }
  @Http('GET', '/query') query(_event: Untyped) {
    return 'no body';
  }
  @Http('POST', '/untyped') untyped(event: Untyped) {
    calls += 1;
    return Object.keys(event);
  }
  @Http('POST', '/tree') tree(_event: Tree) {
    calls += 1;
    return 'tree';
  }
  @Http('POST', '/typed') typed(event: Typed) {
    calls += 1;
    return event.n;
  }
}

const json = { 'Content-Type': 'application/json' };
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

describe('the catalogue: bodies', () => {
  const row = catalogue({ controllers: [Bodies], currentContext: true, requestTimeoutMs: 5000 });
  const refusesJson = (server: Catalogue, path: string, body: string | Buffer, status: number, code: string) =>
    server.refuses(post(path, body, json), status, code);

  row(15, 'bad and empty JSON are 400, a body on GET is passed over', async (server) => {
    for (const body of [`{"${SECRET}":`, `{"a":${SECRET}}`, "{'a':1}", '{"a":1}{', '[1,]', 'NaN', '\u00a0{}', '"\t"']) {
      await refusesJson(server, '/untyped', body, 400, 'MALFORMED_JSON');
    }
    await refusesJson(server, '/untyped', '', 400, 'MALFORMED_JSON');
    // Only a handler that asks for whatever came (docs/design.md, section 4) would be given it.
    const get = await server.ask(head('GET /query', { ...json, 'Content-Length': '3' }), '{{{');
    assert.deepEqual([get.status, get.body], [200, 'no body']);
  });

  row(16, 'JSON of 25,000 levels is 400', async (server) => {
    for (const body of [
      `{"any":${'['.repeat(25_000)}${']'.repeat(25_000)}}`,
      `{"any":${'['.repeat(25_000)}`,
      `{"any":${'{"a":'.repeat(25_000)}1${'}'.repeat(25_000)}}`,
      `{"any":${'[{"a":'.repeat(100)}1${'}]'.repeat(100)}}`,
    ]) {
      await refusesJson(server, '/untyped', body, 400, 'JSON_TOO_DEEP');
      await refusesJson(server, '/any', body, 400, 'JSON_TOO_DEEP');
    }
  });

  row(17, 'an event class within itself, 1,000 levels deep, is 400', async (server) => {
    const nested = (levels: number) => `${'{"c":'.repeat(levels)}{}${'}'.repeat(levels)}`;
    await refusesJson(server, '/tree', nested(1000), 400, 'JSON_TOO_DEEP');
    assert.equal((await server.ask(post('/tree', nested(60), json))).body, 'tree');
  });

  row(18, '__proto__ and constructor.prototype in JSON are 400, and change nothing', async (server) => {
    for (const body of [
      '{"__proto__":{"x":1}}',
      '{"any":{"__proto__":{"x":1}}}',
      '{"any":[{"constructor":{"prototype":{"x":1}}}]}',
      '{"\\u005f_proto__":{"x":1}}',
    ]) {
      await refusesJson(server, '/untyped', body, 400, 'FORBIDDEN_KEY');
      await refusesJson(server, '/any', body, 400, 'FORBIDDEN_KEY');
    }
    assert.equal(({} as Record<string, unknown>)['x'], undefined);
  });

  row(19, 'bytes that are not UTF-8 are 400, another charset 415, a byte order mark is accepted', async (server) => {
    const bad = Buffer.concat([Buffer.from('{"any":"'), Buffer.from([0xff, 0xc0, 0x80]), Buffer.from('"}')]);
    await server.refuses(post('/untyped', bad, json), 400, 'MALFORMED_JSON');
    const overlong = Buffer.concat([Buffer.from('{"any":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]);
    await server.refuses(post('/untyped', overlong, json), 400, 'MALFORMED_JSON');
    const utf16 = Buffer.from('{"any":1}', 'utf16le');
    const wide = { 'Content-Type': 'application/json; charset=utf-16' };
    await server.refuses(post('/untyped', utf16, wide), 415, 'UNSUPPORTED_CHARSET');
    const marked = await server.ask(post('/untyped', '\ufeff{"any":1}', json));
    assert.deepEqual([marked.status, marked.body], [200, '["any"]']);
  });

  row(20, '2 MB of JSON are 413 before they are read, announced or in chunks', async (server) => {
    calls = 0;
    const announced = await server.ask(head('POST /any', { ...json, 'Content-Length': '2000000' })); // and no byte of it
    assert.equal(codeOf(announced), 'BODY_TOO_LARGE');
    const client = await RawClient.open(server.port);
    client.write(head('POST /any', { ...json, 'Transfer-Encoding': 'chunked' }));
    const chunk = `4000\r\n${'1'.repeat(0x4000)}\r\n`;
    for (let sent = 0; sent < 2_000_000; sent += 0x4000) client.write(chunk);
    assert.equal(codeOf(await client.response('POST')), 'BODY_TOO_LARGE');
    await client.end();
    await client.destroy();
    assert.equal(calls, 0);
  });

  row(21, 'a content type that is no JSON is refused, or read and validated; never passed on', async (server) => {
    for (const type of [
      'application/json\t;x',
      ' application/json',
      'application/json ;charset=utf-8',
      'APPLICATION/JSON',
      ';;;',
      'application',
      'application/json, text/plain',
      'text/plain',
      'text/json',
      'application/vnd.api+json',
      'application/octet-stream',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      '\t',
      undefined,
    ]) {
      calls = 0;
      const response = await server.ask(
        post('/typed', '{"n":"no number"}', type === undefined ? {} : { 'Content-Type': type }),
      );
      assert.ok(response.status === 400 || response.status === 415, `${type}: ${response.status} ${response.body}`);
      assert.equal(calls, 0, type);
    }
  });

  row(22, 'compressed bodies: a bomb is 413, a broken one 400, an unknown coding 415', async (server) => {
    const bomb = gzipSync(Buffer.alloc(20 << 20, '1'));
    for (const [encoding, bytes, status, code] of [
      ['gzip', bomb, 413, 'BODY_TOO_LARGE'],
      ['br', brotliCompressSync(Buffer.alloc(20 << 20, '1')), 413, 'BODY_TOO_LARGE'],
      ['deflate', deflateSync(Buffer.alloc(20 << 20, '1')), 413, 'BODY_TOO_LARGE'],
      ['gzip', Buffer.concat([gzipSync('{"any":1}').subarray(0, 15), Buffer.alloc(20)]), 400, 'MALFORMED_ENCODING'],
      ['gzip', gzipSync('{"any":1}').subarray(0, 12), 400, 'MALFORMED_ENCODING'],
      ['br', Buffer.from('not brotli'), 400, 'MALFORMED_ENCODING'],
      ['deflate', Buffer.from('not deflate'), 400, 'MALFORMED_ENCODING'],
      ['foo', Buffer.from('{"any":1}'), 415, 'UNSUPPORTED_ENCODING'],
      ['gzip, foo', Buffer.from('{"any":1}'), 415, 'UNSUPPORTED_ENCODING'],
    ] as const) {
      const response = await server.ask(post('/untyped', bytes, { ...json, 'Content-Encoding': encoding }));
      assert.equal(`${encoding} ${response.status} ${codeOf(response)}`, `${encoding} ${status} ${code}`);
    }
  });

  row(23, 'a body that ends early reaches no handler, and is told in debugging lines alone', async (server) => {
    calls = 0;
    for (const leave of ['end', 'reset', 'destroy'] as const) {
      server.beginRow();
      const client = await RawClient.open(server.port);
      client.write(head('POST /any', { ...json, 'Content-Length': '100' }), `{"${SECRET}":"`);
      await until(() => server.served.app.requestsInFlight.length === 1);
      if (leave === 'end') {
        client.socket.end();
        await client.end();
        await client.destroy();
      } else await client[leave]();
      await until(() => server.served.app.requestsInFlight.length === 0);
      const levels = new Set(server.lines.filter(({ msg }) => msg !== 'request').map(({ level }) => level));
      assert.deepEqual(
        [...levels].filter((level) => level !== 'debug'),
        [],
      );
    }
    assert.equal(calls, 0);
  });

  row(
    24,
    'urlencoded forms: too many fields 413, deep ones flat, prototypes nothing, bad escapes as they are',
    async (server) => {
      const many = Array.from({ length: 9000 }, (_, index) => `f${index}=1`).join('&');
      await server.refuses(post('/any', many, form), 413, 'TOO_MANY_PARTS');
      await server.refuses(post('/any', `a${'[x]'.repeat(5000)}=1`, form), 413, 'BODY_TOO_LARGE');
      const response = await server.ask(
        post('/any', 'a[__proto__][x]=1&__proto__=2&__proto__[y]=3&constructor=4&b=%zz', form),
      );
      assert.equal(response.status, 200);
      assert.match(response.body, /"b":"%zz"/);
      assert.match(response.body, /"a\[__proto__\]\[x\]":"1"/); // flat: docs/events.md
      assert.equal(({} as Record<string, unknown>)['x'] ?? ({} as Record<string, unknown>)['y'], undefined);
      const notUtf8 = Buffer.concat([Buffer.from('a='), Buffer.from([0xff])]);
      await server.refuses(post('/any', notUtf8, form), 400, 'MALFORMED_FORM');
    },
  );

  row(15, 'and the body rows, 500 times over, leave no descriptor and no heap behind', async (server) => {
    server.served.lines.length = 0;
    const bad = [
      post('/untyped', `{"${SECRET}":`, json),
      post('/untyped', `{"any":${'['.repeat(2000)}`, json),
      post('/untyped', '{"__proto__":1}', json),
      post('/untyped', gzipSync(Buffer.alloc(2 << 20, '1')), { ...json, 'Content-Encoding': 'gzip' }),
      post('/any', `a${'[x]'.repeat(500)}=1`, form),
    ];
    const repeat = async (times: number) => {
      for (let round = 0; round < times; round++) await Promise.all(bad.map((bytes) => server.ask(bytes)));
      assert.doesNotMatch(JSON.stringify(server.served.lines), new RegExp(SECRET));
      server.served.lines.length = 0; // the lines are this test's own
    };
    await repeat(20);
    const files = openFiles();
    const heap = heapAfterCollection();
    await repeat(100);
    await until(() => openFiles() <= files);
    const growth = heapAfterCollection() - heap;
    // 500 bodies of up to 8 KB, or what they inflate to, would be many times this if they stayed.
    assert.ok(growth < 1 << 20, `${growth} bytes`);
  });
});
