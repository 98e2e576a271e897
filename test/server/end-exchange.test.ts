import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FormData, request } from 'undici';

import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { serve } from '../serve.js';

describe('the end of a request', () => {
  it('is waited for by the end of the application: no upload is left on the disk', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'yunction-end-'));
    let handling = () => {};
    const begun = new Promise<void>((resolve) => {
      handling = resolve;
    });
    @Controller()
    class Uploads {
      @Http('POST', '/') async upload(event: Record<string, unknown>) {
        handling();
        await sleep(30);
        return Object.keys(event).length;
      }
    }
    const { url, close } = await serve({ controllers: [Uploads], temporaryFolder: folder });
    try {
      const form = new FormData();
      for (let index = 0; index < 20; index += 1)
        form.append(`file${index}`, new Blob(['x'.repeat(1000)]), `${index}.txt`);
      const answer = request(url, { method: 'POST', body: form });
      await begun;
      await close();
      // Not a moment later: the process would end here.
      assert.deepEqual(readdirSync(folder), []);
      const { statusCode, body } = await answer;
      assert.equal(statusCode, 200);
      assert.equal(await body.text(), '20');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is waited for until the instances of its scope are disposed', async () => {
    const disposed: string[] = [];
    @Controller()
    class PerRequest {
      constructor(private readonly context: HttpContext) {}
      @Http('GET', '/') async get() {
        await sleep(10);
        return this.context.path;
      }
      async dispose() {
        await sleep(30);
        disposed.push(this.context.path);
      }
    }
    const { url, close } = await serve({ controllers: [PerRequest] });
    const { body } = await request(url);
    await body.text();
    await close();
    assert.deepEqual(disposed, ['/']);
  });
});
