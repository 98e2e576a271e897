import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { request } from 'undici';

import { StartupError } from '#src/errors/startup-error.js';
import { readStaticContext } from '#src/functions/static-context.js';
import { serveProject } from './serve-project.js';

describe('readStaticContext', () => {
  it('reads an object, and nothing from nothing', () => {
    assert.deepEqual(readStaticContext('{"userId":"1"}'), { userId: '1' });
    assert.equal(readStaticContext(''), undefined);
  });

  for (const text of ['{secret', '5', 'null', '[]', '"secret"']) {
    it(`refuses ${text} without repeating it`, () => {
      assert.throws(
        () => readStaticContext(text),
        (error) => error instanceof StartupError && !error.message.includes('secret'),
      );
    });
  }

  it('is what a function gets where no header is believed, and only there', async () => {
    const files = { 'index.js': 'exports.main = (event, { extendedContext }) => ({ extendedContext });' };
    const options = { extendedContext: '{"userId":"1"}' };
    for (const [key, expected] of [
      ['', { userId: '1' }],
      ['X-Ext', undefined],
    ] as const) {
      const served = await serveProject(files, { ...options, extendedContextKey: key });
      const body = (await (await request(served.url)).body.json()) as { extendedContext?: unknown };
      assert.deepEqual(body.extendedContext, expected);
      await served.close();
    }
  });
});
