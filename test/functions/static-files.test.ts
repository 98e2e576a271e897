import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { request } from 'undici';

import { staticFiles } from '#src/functions/static-files.js';
import { serveProject, type ServedProject } from './serve-project.js';

describe('staticFiles', () => {
  let served: ServedProject;
  before(async () => {
    served = await serveProject(
      {
        'index.js': 'exports.main = () => "function";',
        'secret.txt': 'secret',
        'public/a.css': 'a{}',
        'public/sub/index.html': '<p>',
        'public/.hidden': 'hidden',
        'public/with space.txt': 'space',
      },
      { staticServeRoot: 'public', staticServeIndex: 'index.html', staticServeMaxAge: 60_000 },
    );
  });
  after(() => served.close());
  const get = async (path: string, method: 'GET' | 'HEAD' | 'POST' = 'GET') => {
    const { statusCode, headers, body } = await request(`${served.url}${path}`, { method });
    return { statusCode, headers, body: await body.text() };
  };

  it('serves files, with their type and how long they may be kept', async () => {
    const { body, headers } = await get('/a.css?v=1');
    assert.deepEqual([body, headers['content-type']], ['a{}', 'text/css; charset=utf-8']);
    assert.match(String(headers['cache-control']), /max-age=60\b/);
    assert.equal((await get('/with%20space.txt')).body, 'space');
    assert.equal((await get('/sub/')).body, '<p>');
    assert.equal((await get('/a.css', 'HEAD')).headers['content-length'], '3');
  });

  for (const path of [
    '/none.css',
    '/sub',
    '/.hidden',
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/..%5csecret.txt',
    `/${'x'.repeat(300)}`,
  ]) {
    it(`leaves ${path.slice(0, 20)} to the function`, async () => assert.equal((await get(path)).body, 'function'));
  }

  it('leaves other methods to the function', async () => {
    assert.equal((await get('/a.css', 'POST')).body, 'function');
  });

  it('does not start without its folder', () => {
    const settings = { staticServeRoot: 'none', staticServeIndex: '', staticServeMaxAge: 0 };
    assert.throws(() => staticFiles(settings, served.folder.path), /there is no folder none/);
  });
});
