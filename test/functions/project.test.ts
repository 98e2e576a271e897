import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { request } from 'undici';

import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { serveProject, type ServedProject } from './serve-project.js';

@Controller('/admin')
class AdminController {
  @Http('GET', '/')
  index(): string {
    return 'admin';
  }
}

describe('functionProject', () => {
  const all: ServedProject[] = [];
  after(() => Promise.all(all.map((served) => served.close())));
  const project = async (...args: Parameters<typeof serveProject>) => {
    const served = await serveProject(...args);
    all.push(served);
    return served;
  };
  const files = { 'index.js': 'exports.main = (event, { eventID }) => eventID;' };
  const get = async ({ url }: ServedProject, path: string, headers: Record<string, string> = {}) => {
    const response = await request(`${url}${path}`, { headers });
    return { status: response.statusCode, body: await response.body.text() };
  };

  it('serves beside controllers of the application’s own, which come first, within the same middleware', async () => {
    const seen: string[] = [];
    const served = await project(files, {
      controllers: [AdminController],
      use: [
        (context, next) => {
          seen.push(context.path);
          return next();
        },
      ],
    });
    assert.equal((await get(served, '/admin')).body, 'admin');
    assert.equal((await get(served, '/admin/x', { 'X-Request-Id': 'r' })).body, 'r');
    assert.deepEqual(seen, ['/admin', '/admin/x']);
    assert.match(served.app.describeRoutes(), /ALL\s+\/\*\s+main\n\s+GET\s+\/admin\s+AdminController\.index/);
  });

  it('takes the request’s id from the platform’s header, then from the caller’s, else makes one', async () => {
    const served = await project(files, { platform: 'scf' });
    const ids = { 'X-Request-Id': 'caller', 'X-Cloudbase-Request-Id': 'platform' };
    assert.equal((await get(served, '/', ids)).body, 'platform');
    assert.equal((await get(served, '/', { 'X-Request-Id': 'caller', 'X-Scf-Request-Id': 'scf' })).body, 'caller');
    assert.equal((await get(served, '/', { 'X-Scf-Request-Id': 'scf' })).body, 'scf');
    assert.match((await get(served, '/')).body, /^[\da-f-]{36}$/);
  });

  it('leaves the health check to HEAD, and its path to the function otherwise', async () => {
    const served = await project(files);
    for (const path of ['/_healthz', '/_healthz?x=1']) {
      assert.equal((await request(`${served.url}${path}`, { method: 'HEAD' })).statusCode, 200);
      assert.equal((await get(served, path, { 'X-Request-Id': 'r' })).body, 'r');
    }
  });

  it('is refused with the mistakes of its file', async () => {
    await assert.rejects(
      serveProject({ 'cloudbase-functions.json': '{"functions":[{"name":"a","directory":"none"}]}' }),
      /there is no folder/,
    );
  });
});
