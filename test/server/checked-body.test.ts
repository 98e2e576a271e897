import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Allow, IsString } from 'class-validator';
import { type HttpContext, setBodyCheck } from '#src/context/http-context.js';
import type { MiddlewareFunction } from '#src/context/middleware.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { HttpError } from '#src/errors/http-error.js';
import { UploadedFile } from '#src/body/uploaded-file.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';

class Note {
  @IsString() text!: string;
}
class Upload {
  @Allow() file!: UploadedFile;
}

const seen = new Map<string, string>();
const handled: string[] = [];

/** Refuses bodies whose raw bytes are not as long as the header `X-Length` says. */
const measured: MiddlewareFunction = async (context, next) => {
  await new Promise((resolve) => void setImmediate(resolve)); // the body may be there already
  const chunks: Buffer[] = [];
  setBodyCheck(context, {
    update: (bytes) => void chunks.push(bytes),
    end() {
      const bytes = Buffer.concat(chunks);
      seen.set(context.path, bytes.toString('latin1'));
      if (bytes.length !== Number(context.headers['x-length'])) throw HttpError.unauthorized('wrong length');
    },
  });
  return next();
};

@Controller('', { use: [measured] })
class Bodies {
  @Http('POST', '/json') json(note: Note, context: HttpContext) {
    return this.done(context, note.text);
  }
  @Http('POST', '/text') text(text: string, context: HttpContext) {
    return this.done(context, text);
  }
  @Http('POST', '/bytes') bytes(bytes: Buffer, context: HttpContext) {
    return this.done(context, String(bytes.length));
  }
  @Http('POST', '/form') form({ file }: Upload, context: HttpContext) {
    return this.done(context, String(file.size));
  }
  @Http('POST', '/plain') plain(event: unknown, context: HttpContext) {
    return this.done(context, JSON.stringify(event));
  }
  @Http('POST', '/unread') unread() {
    return '1';
  }
  @Http('POST', '/stream') async stream(body: Readable, context: HttpContext) {
    let length = 0;
    for await (const chunk of body) length += (chunk as Buffer).length;
    return this.done(context, String(length));
  }

  private done(context: HttpContext, text: string): string {
    handled.push(context.path);
    return text;
  }
}

describe('a body that a middleware checks', () => {
  let served: Served;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'checked-body-'));
    served = await serve({ controllers: [Bodies], temporaryFolder: folder });
  });
  after(async () => {
    await served.close();
    await rm(folder, { recursive: true });
  });

  const post = async (path: string, body: string | Buffer, length: number, headers: Record<string, string> = {}) => {
    handled.length = 0;
    seen.clear();
    const bytes = new Uint8Array(Buffer.from(body));
    const response = await fetch(served.url + path, {
      method: 'POST',
      headers: { 'X-Length': String(length), ...headers },
      body: bytes,
    });
    return { status: response.status, text: await response.text() };
  };
  const json = { 'Content-Type': 'application/json' };
  const multipart = (content: string) =>
    `--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n${content}\r\n--b--\r\n`;
  const form = { 'Content-Type': 'multipart/form-data; boundary=b' };

  for (const [path, body, headers, answer] of [
    ['/json', '{"text":"hello"}', json, 'hello'],
    ['/text', 'x'.repeat(300_000), {}, 'x'.repeat(300_000)],
    ['/bytes', Buffer.alloc(300_000), {}, '300000'],
    ['/form', multipart('y'.repeat(200_000)), form, '200000'],
    ['/plain', '[1]', json, '[1]'],
    ['/stream', Buffer.alloc(300_000), {}, '300000'],
  ] as const) {
    it(`is seen whole and unchanged on ${path}, and no handler answers with one that is wrong`, async () => {
      const good = await post(path, body, body.length, headers);
      assert.deepEqual([good.status, good.text, handled], [200, answer, [path]]);
      assert.equal(seen.get(path), body.toString('latin1'));
      const bad = await post(path, body, body.length + 1, headers);
      assert.deepEqual([bad.status, handled], [401, []]);
    });
  }

  it('is checked before it is inflated', async () => {
    const body = gzipSync('{"text":"hello"}');
    const headers = { ...json, 'Content-Encoding': 'gzip' };
    assert.deepEqual(await post('/json', body, body.length, headers), { status: 200, text: 'hello' });
    assert.equal((await post('/stream', body, body.length, headers)).text, '16');
    assert.equal((await post('/json', body, 16, headers)).status, 401);
  });

  it('is refused for its bytes before it is for what they mean', async () => {
    assert.equal((await post('/json', '{"text":', 8, json)).status, 400);
    assert.equal((await post('/json', '{"text":', 9, json)).status, 401);
    assert.equal((await post('/json', '{"text":7}', 10, json)).status, 400);
    assert.equal((await post('/json', '{"text":7}', 9, json)).status, 401);
  });

  it('is checked where it is missing, and left alone where nobody asks for it', async () => {
    assert.equal((await post('/plain', '', 5, json)).status, 401);
    assert.equal((await post('/bytes', '', 5)).status, 401);
    assert.equal((await post('/bytes', '', 0)).status, 200);
    assert.deepEqual(await post('/unread', 'unread', 99), { status: 200, text: '1' });
  });

  it('leaves no file behind where it was refused', async () => {
    assert.equal((await post('/form', multipart('secret'), 1, form)).status, 401);
    await until(() => readdirSync(folder).length === 0);
  });
});
