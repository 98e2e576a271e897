import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

import { modulePlaces, PLACE_FUNCTION, PLACES } from '#src/cli/pack/module-places.js';

const run = promisify(execFile);

describe('the places of modules', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'yunction-places-')));
  after(() => rmSync(folder, { recursive: true }));

  function write(name: string, text: string): string {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** Bundles `app/built/main.js` to `packed/built/main.js` and runs it there. */
  async function outputOf(files: Record<string, string>): Promise<unknown> {
    for (const [name, text] of Object.entries(files)) write(name, text);
    const outfile = join(folder, 'packed/built/main.cjs');
    await build({
      entryPoints: [join(folder, 'app/built/main.js')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      minify: true,
      logLevel: 'silent',
      define: PLACES,
      banner: { js: PLACE_FUNCTION },
      plugins: [modulePlaces(join(folder, 'app/built'))],
    });
    const { stdout } = await run(process.execPath, [outfile], { cwd: '/' });
    return JSON.parse(stdout);
  }

  it('are beside the bundle what they were beside the entry', async () => {
    const told = await outputOf({
      'app/built/main.js': `
        import { inner } from './deep/er/inner.js';
        import { above } from '../lib/above.mjs';
        console.log(JSON.stringify({ url: import.meta.url, inner, above }));`,
      'app/built/deep/er/inner.js': `
        export const inner = [import.meta.filename, import.meta.dirname, new URL('../../../page/a b.html', import.meta.url).href];`,
      'app/lib/above.mjs': `export const above = import.meta.url;`,
    });
    const packed = join(folder, 'packed');
    assert.deepEqual(told, {
      url: pathToFileURL(join(packed, 'built/main.js')).href,
      inner: [
        join(packed, 'built/deep/er/inner.js'),
        join(packed, 'built/deep/er'),
        pathToFileURL(join(packed, 'page/a b.html')).href,
      ],
      above: pathToFileURL(join(packed, 'lib/above.mjs')).href,
    });
  });

  it('do not disturb a shebang, a directive or the numbers of lines', async () => {
    const told = await outputOf({
      'app/built/main.js': `#!/usr/bin/env node\n'use strict';\nconsole.log(JSON.stringify(import.meta.url.endsWith('/built/main.js')));`,
    });
    assert.equal(told, true);
    await assert.rejects(outputOf({ 'app/built/main.js': `\nimport.meta.url;\nimport './missing.js';` }), (error) => {
      const [first] = (error as { errors: { location: { line: number } }[] }).errors;
      assert.equal(first?.location.line, 3);
      return true;
    });
  });

  it('let a module require by a name in quotes what is then bundled', async () => {
    const told = await outputOf({
      'app/built/main.js': `
        import { createRequire } from 'node:module';
        const atRunTime = createRequire(import.meta.url);
        console.log(JSON.stringify([
          createRequire(import.meta.url)('./needed.cjs').needed,
          createRequire(import.meta.url)("./deep/needed.json").needed,
          atRunTime('node:path').sep,
        ]));`,
      'app/built/needed.cjs': `exports.needed = 'bundled';`,
      'app/built/deep/needed.json': `{ "needed": "too" }`,
    });
    assert.deepEqual(told, ['bundled', 'too', '/']);
  });

  it('leave modules alone that do not ask', async () => {
    const told = await outputOf({
      'app/built/main.js': `import meta from './meta.js'; console.log(JSON.stringify(meta));`,
      'app/built/meta.js': `export default 'import' + '.meta';`,
    });
    assert.equal(told, 'import.meta');
  });
});
