import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Script } from 'node:vm';

import { APPLICATION_FILE, CACHE_FILE, loaderText, redirectImports, WRAPPER } from '#src/cli/pack/loader.js';

const run = promisify(execFile);

describe('redirectImports', () => {
  it('redirects calls of import() to the loader, and keeps every column', () => {
    for (const [code, expected] of [
      ['import("a")', '$mport("a")'],
      ['x=import(y,{with:{}})', 'x=$mport(y,{with:{}})'],
      ['await import(`a${b}`);import("c")', 'await $mport(`a${b}`);$mport("c")'],
      ['[...import(a)]', '[...import(a)]'],
    ] as const) {
      assert.equal(redirectImports(code), expected);
      assert.equal(redirectImports(code).length, code.length);
    }
  });

  it('leaves what only looks like one', () => {
    for (const code of [
      'a.import("b")',
      '$import("b")',
      'reimport("b")',
      '_import(b)',
      'import()',
      'class{import(){}}',
      'import.meta',
    ]) {
      assert.equal(redirectImports(code), code);
    }
  });
});

describe('the loader of a packed application', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yunction-loader-'));
  after(() => rmSync(folder, { recursive: true }));

  const BODY = `
    console.log(JSON.stringify({
      file: __filename.slice(__dirname.length + 1),
      exports: module.exports === exports,
      requires: require('node:path') !== undefined,
      main: require.main === module,
      text: 'ä',
    }));
    import('node:os').then(({ EOL }) => console.log('os', JSON.stringify(EOL)));
    new Function('return import("node:os")')().catch((error) => console.log(error.code ?? error.name));
  `;

  async function outputOf(encoding: 'latin1' | 'utf8', body = BODY): Promise<string> {
    const code = redirectImports(WRAPPER.start + body + WRAPPER.end);
    writeFileSync(join(folder, APPLICATION_FILE), code);
    writeFileSync(join(folder, 'main.js'), loaderText(encoding));
    return (await run(process.execPath, [join(folder, 'main.js')])).stdout;
  }

  const expected = { file: APPLICATION_FILE, exports: true, requires: true, main: true };

  it('runs it as node’s own loader would: as the main module, with its own place and imports', async () => {
    const [first = '', second] = (await outputOf('utf8')).split('\n');
    assert.deepEqual(JSON.parse(first), { ...expected, text: 'ä' });
    assert.equal(second, 'os "\\n"');
  });

  it('reads one that is ASCII as such', async () => {
    const [first = ''] = (await outputOf('latin1', BODY.replace('ä', '\\u00e4'))).split('\n');
    assert.deepEqual(JSON.parse(first), { ...expected, text: 'ä' });
  });

  it('takes the code cache beside it, and does without one that is damaged', async () => {
    const plain = await outputOf('utf8');
    const filename = join(folder, APPLICATION_FILE);
    const code = redirectImports(WRAPPER.start + BODY + WRAPPER.end);
    const cache = new Script(code, { filename }).createCachedData();
    const damaged = [
      cache.subarray(0, 20),
      Buffer.alloc(0),
      Buffer.from('not a cache at all'),
      Buffer.alloc(cache.length),
    ];
    for (const data of [cache, ...damaged]) {
      writeFileSync(join(folder, CACHE_FILE), data);
      assert.equal(await outputOf('utf8'), plain);
    }
  });

  it('lets code from the cache import, which V8 alone does not', async () => {
    const body = `(async () => { console.log(typeof (await import(process.argv[2] ?? 'node:fs')).readFileSync); })();`;
    const code = redirectImports(WRAPPER.start + body + WRAPPER.end);
    writeFileSync(
      join(folder, CACHE_FILE),
      new Script(code, { filename: join(folder, APPLICATION_FILE) }).createCachedData(),
    );
    assert.equal(await outputOf('utf8', body), 'function\n');
  });

  it('shows the application’s file and line in a stack', async () => {
    const body = '\nconsole.log(new Error("here").stack);';
    assert.match(await outputOf('utf8', body), new RegExp(`${APPLICATION_FILE.replace('.', '\\.')}:2:`));
  });

  it('passes on what the application throws', async () => {
    await assert.rejects(outputOf('utf8', 'throw new RangeError("on purpose");'), /RangeError: on purpose/);
  });
});
