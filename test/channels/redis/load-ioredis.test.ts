import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Redis } from 'ioredis';
import { loadIoredis } from '#src/channels/redis/load-ioredis.js';
import { ROOT } from '../../imports.js';

describe('loadIoredis', () => {
  it('gives the client of the package, once for all', async () => {
    assert.equal(await loadIoredis(), Redis);
    assert.equal(loadIoredis(), loadIoredis());
  });

  it('says what to install where the package is not there', async () => {
    // A copy that lies where no package is found.
    const folder = mkdtempSync(join(tmpdir(), 'yunction-ioredis-'));
    try {
      writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
      for (const part of ['channels/redis/load-ioredis.js', 'errors']) {
        cpSync(join(ROOT, 'built', part), join(folder, part), { recursive: true });
      }
      // The copy's own module, of the same shape.
      const copy = (await import(pathToFileURL(join(folder, 'channels/redis/load-ioredis.js')).href)) as {
        loadIoredis: typeof loadIoredis;
      };
      await assert.rejects(copy.loadIoredis(), /yunction\/redis: it needs the package ioredis.* → npm install ioredis/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
