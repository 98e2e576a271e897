import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { type ParsedBody, readBody, readBytes, readText } from '#src/body/read-body.js';
import { UploadedFiles } from '#src/body/uploaded-file.js';
import { BodyServer, codeOf, head, LIMITS, listenersOn, post, postChunked } from './body-server.js';

async function withServer<T>(
  read: (request: IncomingMessage) => T | Promise<T>,
  use: (server: BodyServer<T>) => Promise<void>,
): Promise<void> {
  const server = await new BodyServer(read).listen();
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

describe('readBody', () => {
  let server: BodyServer<ParsedBody>;
  before(async () => {
    server = await new BodyServer((request) => readBody(request, LIMITS, new UploadedFiles())).listen();
  });
  after(() => server.close());

  it('gives none for a request without a body, whatever its content type', async () => {
    for (const type of [undefined, 'application/json', 'multipart/form-data', ';;;']) {
      const { value } = await server.exchange(head(type, {}));
      assert.deepEqual(value, { kind: 'none' });
    }
  });

  it('gives none for an empty body where that is no mistake', async () => {
    for (const type of [undefined, 'text/plain', 'application/octet-stream']) {
      assert.deepEqual((await server.exchange(post(type, ''))).value, { kind: 'none' });
      assert.deepEqual((await server.exchange(postChunked(type, []))).value, { kind: 'none' });
    }
    assert.deepEqual((await server.exchange(post(';;;', ''))).value, { kind: 'none' });
  });

  it('gives bytes for any other content type, and for none', async () => {
    const body = Buffer.from([0, 255, 1]);
    for (const type of [undefined, 'image/png', 'multipart/mixed; boundary=x', 'application/jsonx']) {
      assert.deepEqual((await server.exchange(post(type, body))).value, { kind: 'bytes', value: body });
    }
  });

  it('refuses a content type that names no type', async () => {
    for (const type of [';;;', 'json', '/', 'application/', 'a b/c', '']) {
      assert.equal(codeOf(await server.exchange(post(type, '{}'))), 'UNSUPPORTED_MEDIA_TYPE', type);
    }
  });

  it('gives text by its charset', async () => {
    const { value } = await server.exchange(post('text/plain', '\ufeff云函数'));
    assert.deepEqual(value, { kind: 'text', value: '云函数' });
    const gbk = await server.exchange(post('text/plain; charset=GBK', Buffer.from([0xd4, 0xc6])));
    assert.deepEqual(gbk.value, { kind: 'text', value: '云' });
  });

  it('refuses text that is not in its charset, and charsets that nobody knows', async () => {
    assert.equal(codeOf(await server.exchange(post('text/plain', Buffer.from([0x61, 0xc3])))), 'MALFORMED_TEXT');
    assert.equal(
      codeOf(await server.exchange(post('text/plain; charset=gb18030', Buffer.from([0xff])))),
      'MALFORMED_TEXT',
    );
    assert.equal(codeOf(await server.exchange(post('text/plain; charset=klingon', 'a'))), 'UNSUPPORTED_CHARSET');
  });

  it('rejects with INCOMPLETE_BODY when the client ends or resets the connection early', async () => {
    const start = Buffer.concat([head('application/json', { 'Content-Length': '100' }), Buffer.from('{"a": "b')]);
    server.open(start).end();
    const ended = await server.outcome();
    assert.equal(codeOf(ended), 'INCOMPLETE_BODY');
    assert.equal(listenersOn(ended.request), 0);
    const socket = server.open(start);
    socket.once('connect', () => setImmediate(() => socket.resetAndDestroy()));
    assert.equal(codeOf(await server.outcome()), 'INCOMPLETE_BODY');
  });

  it('rejects rather than hangs when the client had left before the reading began', async () => {
    await withServer(
      async (request) => {
        await new Promise((resolve) => request.once('close', resolve));
        return readBody(request, LIMITS, new UploadedFiles());
      },
      async (late) => {
        late.open(head('application/json', { 'Content-Length': '100' })).end('{');
        assert.equal(codeOf(await late.outcome()), 'INCOMPLETE_BODY');
      },
    );
  });

  it('rejects rather than hangs when the body has been read already', async () => {
    await withServer(
      async (request) => {
        await readBytes(request, LIMITS);
        return readBody(request, LIMITS, new UploadedFiles());
      },
      async (twice) => {
        assert.match(String((await twice.exchange(post('application/json', '{}'))).error), /already been read/);
      },
    );
  });
});

describe('readBytes', () => {
  it('gives the bytes whatever the content type, and an empty buffer without a body', async () => {
    await withServer(
      (request) => readBytes(request, LIMITS),
      async (server) => {
        assert.deepEqual((await server.exchange(post(';;;', '{}'))).value, Buffer.from('{}'));
        assert.deepEqual((await server.exchange(post('application/json', ''))).value, Buffer.alloc(0));
        assert.deepEqual((await server.exchange(head(undefined, {}))).value, Buffer.alloc(0));
      },
    );
  });
});

describe('readText', () => {
  it('gives the text of any content type by its charset, and an empty string without a body', async () => {
    await withServer(
      (request) => readText(request, LIMITS),
      async (server) => {
        assert.equal((await server.exchange(post('application/json', '{"é"'))).value, '{"é"');
        assert.equal((await server.exchange(post(undefined, 'é'))).value, 'é');
        assert.equal((await server.exchange(post('a/b; charset=latin1', Buffer.from([0xe9])))).value, 'é');
        assert.equal((await server.exchange(head(undefined, {}))).value, '');
        assert.equal(codeOf(await server.exchange(post(';;;', 'a'))), 'UNSUPPORTED_MEDIA_TYPE');
        assert.equal(codeOf(await server.exchange(post('a/b; charset=nope', 'a'))), 'UNSUPPORTED_CHARSET');
        assert.equal(codeOf(await server.exchange(post('a/b', Buffer.from([0xff])))), 'MALFORMED_TEXT');
      },
    );
  });
});
