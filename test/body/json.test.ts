import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { type ParsedBody, readBody } from '#src/body/read-body.js';
import { UploadedFiles } from '#src/body/uploaded-file.js';
import { BodyServer, codeOf, cutAt, detailOf, head, LIMITS, listenersOn, post, postChunked } from './body-server.js';

describe('a JSON body', () => {
  let server: BodyServer<ParsedBody>;
  before(async () => {
    server = await new BodyServer((request) => readBody(request, LIMITS, new UploadedFiles())).listen();
  });
  after(() => server.close());

  for (const type of [
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'Application/JSON; charset=us-ascii',
    'application/problem+json',
    ' \tapplication/json',
    'application/json\t;x',
    'application/json;;;',
  ]) {
    it(`is parsed with the content type ${JSON.stringify(type)}`, async () => {
      const { value } = await server.exchange(post(type, '{"a":[1,"é"]}'));
      assert.deepEqual(value, { kind: 'json', value: { a: [1, 'é'] } });
    });
  }

  it('may be any JSON value', async () => {
    for (const text of ['null', '0', '"x"', 'false', '[]']) {
      const { value } = await server.exchange(post('application/json', text));
      assert.deepEqual(value, { kind: 'json', value: JSON.parse(text) });
    }
  });

  it('may begin with a byte order mark', async () => {
    const { value } = await server.exchange(post('application/json', '\ufeff{"a":1}'));
    assert.deepEqual(value, { kind: 'json', value: { a: 1 } });
  });

  it('has the same value however it is cut into chunks', async () => {
    const bodies = fc.jsonValue({ maxDepth: 3 });
    await fc.assert(
      fc.asyncProperty(bodies, fc.array(fc.nat(200), { maxLength: 5 }), async (body, places) => {
        const text = JSON.stringify(body).replaceAll('__proto__', 'proto');
        const { value } = await server.exchange(postChunked('application/json', cutAt(Buffer.from(text), places)));
        assert.deepEqual(value, { kind: 'json', value: JSON.parse(text) });
      }),
      { numRuns: 150 },
    );
  });

  it('that is empty is malformed, with a length of 0 as well as chunked', async () => {
    for (const raw of [post('application/json', ''), postChunked('application/json', [])]) {
      const outcome = await server.exchange(raw);
      assert.equal(codeOf(outcome), 'MALFORMED_JSON');
      assert.equal(detailOf(outcome), 'the body is empty');
    }
  });

  it('that is malformed is told its place and never its content', async () => {
    const outcome = await server.exchange(post('application/json', '{"password": "secret",\n  broken}'));
    assert.equal(codeOf(outcome), 'MALFORMED_JSON');
    assert.equal(detailOf(outcome), 'line 2, column 3 (offset 25): expected a property name in double quotes');
    assert.ok(outcome.error instanceof Error);
    assert.equal(outcome.error.cause, undefined);
  });

  it('that is not UTF-8 is malformed, at the byte named', async () => {
    const bytes = Buffer.concat([Buffer.from('{"é\ufffd":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    const outcome = await server.exchange(post('application/json', bytes));
    assert.equal(codeOf(outcome), 'MALFORMED_JSON');
    assert.equal(detailOf(outcome), 'byte 10 is not UTF-8');
    const cut = await server.exchange(post('application/json', Buffer.from('"é').subarray(0, 2)));
    assert.equal(detailOf(cut), 'byte 1 is not UTF-8');
  });

  for (const charset of ['utf-16', 'latin1', 'nonsense']) {
    it(`in the charset ${charset} is refused unread`, async () => {
      const outcome = await server.exchange(post(`application/json; charset=${charset}`, '{}'));
      assert.equal(codeOf(outcome), 'UNSUPPORTED_CHARSET');
    });
  }

  for (const text of [
    '{"__proto__":{"x":1}}',
    '[{"a":{"__proto__":null}}]',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"\\u005f_proto__":{"x":1}}',
    '{"constructo\\u0072":{"prototype":1}}',
  ]) {
    it(`with the key of ${text} is refused`, async () => {
      const outcome = await server.exchange(post('application/json', text));
      assert.equal(codeOf(outcome), 'FORBIDDEN_KEY');
    });
  }

  it('may hold the word constructor, and forbidden words in strings', async () => {
    const body = { constructor: 'Acme', note: '__proto__', list: ['constructor'] };
    const { value } = await server.exchange(post('application/json', JSON.stringify(body)));
    assert.deepEqual(value, { kind: 'json', value: body });
  });

  it('nested more than 64 levels deep is refused, well-formed or not', async () => {
    for (const text of ['['.repeat(65) + ']'.repeat(65), '['.repeat(25_000), '{"c":'.repeat(1000)]) {
      const outcome = await server.exchange(post('application/json', text));
      assert.equal(codeOf(outcome), 'JSON_TOO_DEEP');
    }
  });

  it('announced over the limit is refused before a byte of it is read', async () => {
    const outcome = await server.exchange(
      head('application/json', { 'Content-Length': String(LIMITS.maxBodyBytes + 1) }),
    );
    assert.equal(codeOf(outcome), 'BODY_TOO_LARGE');
    assert.equal(outcome.request.readableDidRead, false);
  });

  it('that grows over the limit is refused and read no further, and the socket lives', async () => {
    const socket = server.open(head('application/json', { 'Transfer-Encoding': 'chunked' }));
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000, 0x20), Buffer.from('\r\n')]);
    for (let i = 0; i < 17; i += 1) socket.write(chunk);
    const outcome = await server.outcome();
    assert.equal(codeOf(outcome), 'BODY_TOO_LARGE');
    assert.equal(outcome.request.isPaused(), true);
    assert.equal(outcome.answerable, true);
    assert.equal(listenersOn(outcome.request), 0);
    socket.destroy();
  });

  it('of exactly the limit is taken', async () => {
    const text = JSON.stringify('a'.repeat(LIMITS.maxBodyBytes - 2));
    const { value } = await server.exchange(post('application/json', text));
    assert.equal(value?.kind, 'json');
  });

  it('leaves no listener on the request', async () => {
    const good = await server.exchange(post('application/json', '{}'));
    const bad = await server.exchange(post('application/json', '{'));
    assert.equal(listenersOn(good.request), 0);
    assert.equal(listenersOn(bad.request), 0);
  });
});
