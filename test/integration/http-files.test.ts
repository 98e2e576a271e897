import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { request } from 'undici';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { file } from '#src/server/result.js';
import { serve, type Served } from '../serve.js';

const folder = mkdtempSync(join(tmpdir(), 'yunction-files-'));
const path = join(folder, 'a %41 云.txt');
writeFileSync(path, 'abcdefghij');
writeFileSync(join(folder, '.hidden'), 'hidden');
writeFileSync(join(folder, 'empty.bin'), '');
writeFileSync(join(folder, 'no-ending'), 'text');

@Controller()
class Files {
  @Http(['GET', 'POST'], '/plain')
  plain(): unknown {
    return file(path);
  }

  @Http('GET', '/download')
  download(): unknown {
    return file(path, { filename: '报告 "1".txt', maxAge: 60, headers: { 'cache-control': 'private', 'X-A': '1' } });
  }

  @Http('GET', '/inline')
  inline(): unknown {
    return file(path, { disposition: 'inline', contentType: 'text/markdown' });
  }

  @Http('GET', '/unknown-ending')
  unknownEnding(): unknown {
    return file(join(folder, 'no-ending'), { contentType: 'text/plain' });
  }

  @Http('GET', '/error-page')
  errorPage(): unknown {
    return { ...file(path), statusCode: 404 };
  }

  @Http('GET', '/hidden')
  hidden(): unknown {
    return file(join(folder, '.hidden'));
  }

  @Http('GET', '/empty')
  empty(): unknown {
    return file(join(folder, 'empty.bin'));
  }

  @Http('GET', '/missing')
  missing(): unknown {
    return file(join(folder, 'missing.txt'));
  }

  @Http('GET', '/folder')
  folder(): unknown {
    return file(folder);
  }

  @Http('GET', '/parent')
  parent(): unknown {
    return file(join(folder, 'x') + '/..');
  }

  @Http('GET', '/nul')
  nul(): unknown {
    return file(`${path}\0`);
  }
}

describe('file()', () => {
  let served: Served;
  const get = (name: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' | 'POST' = 'GET') =>
    request(`${served.url}/${name}`, { method, headers });
  before(async () => {
    served = await serve({ controllers: [Files] });
  });
  after(async () => {
    await served.close();
    rmSync(folder, { recursive: true });
  });

  it('has the content type that the handler names, also where the ending tells none', async () => {
    const { headers } = await get('unknown-ending');
    assert.equal(headers['content-type'], 'text/plain');
  });

  it('sends a file with its length, type and validators', async () => {
    const { statusCode, headers, body } = await get('plain');
    assert.deepEqual([statusCode, await body.text()], [200, 'abcdefghij']);
    assert.equal(headers['content-length'], '10');
    assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
    assert.equal(headers['accept-ranges'], 'bytes');
    assert.equal(headers['content-disposition'], undefined);
    assert.ok(headers['etag'] !== undefined && headers['last-modified'] !== undefined);
  });

  it('sends the same head where HEAD asks', async () => {
    const { statusCode, headers } = await get('plain', {}, 'HEAD');
    assert.deepEqual([statusCode, headers['content-length']], [200, '10']);
  });

  for (const [range, status, body, contentRange] of [
    ['bytes=2-4', 206, 'cde', 'bytes 2-4/10'],
    ['bytes=-3', 206, 'hij', 'bytes 7-9/10'],
    ['bytes=8-', 206, 'ij', 'bytes 8-9/10'],
    ['bytes=8-100', 206, 'ij', 'bytes 8-9/10'],
    ['bytes=1-2,4-5', 200, 'abcdefghij', undefined],
    ['lines=1-2', 200, 'abcdefghij', undefined],
  ] as const) {
    it(`answers the range ${range} with ${status}`, async () => {
      const got = await get('plain', { Range: range });
      assert.deepEqual([got.statusCode, await got.body.text()], [status, body]);
      assert.equal(got.headers['content-range'], contentRange);
    });
  }

  it('answers a range beyond the end with 416 and the length', async () => {
    const { statusCode, headers, body } = await get('plain', { Range: 'bytes=100-' });
    assert.deepEqual([statusCode, headers['content-range']], [416, 'bytes */10']);
    assert.equal(((await body.json()) as { code: string }).code, 'RANGE_NOT_SATISFIABLE');
  });

  it('answers what the client has already with 304, and 412 where it must not have changed', async () => {
    const first = await get('plain');
    await first.body.dump();
    const etag = String(first.headers['etag']);
    const again = await get('plain', { 'If-None-Match': etag });
    assert.deepEqual([again.statusCode, await again.body.text(), again.headers['etag']], [304, '', etag]);
    const since = await get('plain', { 'If-Modified-Since': String(first.headers['last-modified']) });
    await since.body.dump();
    assert.equal(since.statusCode, 304);
    const other = await get('plain', { 'If-Match': '"other"' });
    await other.body.dump();
    assert.equal(other.statusCode, 412);
    const posted = await get('plain', { 'If-None-Match': etag, Range: 'bytes=0-1' }, 'POST');
    assert.deepEqual([posted.statusCode, await posted.body.text()], [200, 'abcdefghij']);
  });

  it('names the file for saving in any script, and lets headers of its own win', async () => {
    const { headers, body } = await get('download');
    await body.dump();
    const disposition = String(headers['content-disposition']);
    assert.match(disposition, /^attachment; filename=/);
    assert.match(disposition, /filename\*=UTF-8''%E6%8A%A5%E5%91%8A%20%221%22\.txt/);
    assert.deepEqual([headers['cache-control'], headers['x-a']], ['private', '1']);
  });

  it('is shown with the type that is given', async () => {
    const { headers, body } = await get('inline');
    await body.dump();
    assert.equal(headers['content-type'], 'text/markdown');
    assert.match(String(headers['content-disposition']), /^inline; /);
  });

  it('can be the page of an error, whole whatever the client has', async () => {
    const { statusCode, body } = await get('error-page', { Range: 'bytes=0-1', 'If-None-Match': '*' });
    assert.deepEqual([statusCode, await body.text()], [404, 'abcdefghij']);
  });

  it('sends hidden and empty files', async () => {
    assert.equal(await (await get('hidden')).body.text(), 'hidden');
    const empty = await get('empty');
    assert.deepEqual([empty.statusCode, await empty.body.text()], [200, '']);
  });

  for (const name of ['missing', 'folder', 'parent', 'nul']) {
    it(`answers a path to no file with 404: ${name}`, async () => {
      const { statusCode, body } = await get(name);
      assert.equal(statusCode, 404);
      assert.equal(((await body.json()) as { detail: string }).detail, 'there is no such file');
    });
  }
});
