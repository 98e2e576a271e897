import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { request } from 'undici';

import { optionMiddleware } from '#src/functions/option-middleware.js';
import { resolveOptions } from '#src/resolve-options.js';
import type { GivenOptions } from '#src/options.js';
import { serveProject } from './serve-project.js';

describe('optionMiddleware', () => {
  const count = (options: GivenOptions) => optionMiddleware(resolveOptions(options), '.').length;

  it('is nothing that is not switched on', () => {
    assert.equal(count({}), 0);
    assert.equal(count({ enableCors: true, allowedAccounts: ['a:b'], staticServeRoot: 'src' }), 3);
  });

  it('lets a page read why it is refused, and guards static files too', async () => {
    const served = await serveProject(
      { 'index.js': 'exports.main = () => "in";', 'public/a.txt': 'file' },
      { enableCors: true, allowedAccounts: ['a:b'], staticServeRoot: 'public' },
    );
    const origin = 'http://localhost:1';
    for (const path of ['/', '/a.txt']) {
      const refused = await request(`${served.url}${path}`, { headers: { origin } });
      assert.deepEqual([refused.statusCode, refused.headers['access-control-allow-origin']], [401, origin]);
      await refused.body.dump();
    }
    const authorization = `Basic ${Buffer.from('a:b').toString('base64')}`;
    const allowed = await request(`${served.url}/a.txt`, { headers: { authorization } });
    assert.equal(await allowed.body.text(), 'file');
    await served.close();
  });
});
