import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { zipFolder } from '#src/cli/pack/zip-folder.js';
import { ROOT } from '../../fixtures/run-process.js';
import { PackedProcess, runPack } from './packed-process.js';
import { readZip } from './read-zip.js';

const HELLO = join(import.meta.dirname, 'application/exports.js');

const folder = mkdtempSync(join(tmpdir(), 'yunction-pack-'));
after(() => rmSync(folder, { recursive: true }));

/** A module of a user's, in a project that has Yunction installed. */
function project(name: string, source: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, 'node_modules'), { recursive: true });
  symlinkSync(ROOT, join(path, 'node_modules/yunction'));
  writeFileSync(join(path, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(path, 'main.js'), source);
  return path;
}

describe('yunction pack', () => {
  it('writes the application, its scf_bootstrap and a zip of both', async () => {
    const out = join(folder, 'hello');
    const { code, stdout } = await runPack([HELLO, '--out', out]);
    assert.equal(code, 0);
    assert.match(stdout, /^packed .*\/hello\/built\/main\.js \(\d+ KB of code\)\nzipped .*\/hello\.zip \(\d+ KB\)/);
    assert.equal(statSync(join(out, 'scf_bootstrap')).mode & 0o777, 0o755);
    assert.doesNotMatch(readFileSync(join(out, 'scf_bootstrap'), 'latin1'), /\r/);

    const entries = readZip(`${out}.zip`);
    const files = ['built/application.cache', 'built/application.js', 'built/main.js', 'package.json', 'scf_bootstrap'];
    assert.deepEqual([...entries.keys()], files);
    assert.deepEqual(
      [...entries.values()].map(({ mode }) => mode.toString(8)),
      ['100644', '100644', '100644', '100644', '100755'],
    );
    for (const [name, { content }] of entries) assert.deepEqual(content, readFileSync(join(out, name)), name);
  });

  it('replaces its own earlier result', async () => {
    const out = join(folder, 'twice');
    await runPack([HELLO, '--out', out, '--no-cache', '--no-zip']);
    writeFileSync(join(out, 'old.txt'), 'old');
    const { code } = await runPack([HELLO, '--out', out, '--no-cache', '--no-zip']);
    assert.equal(code, 0);
    assert.deepEqual(readdirSync(out).sort(), ['built', 'package.json', 'scf_bootstrap']);
    assert.deepEqual(readdirSync(join(out, 'built')), ['main.js']);
  });

  it('writes a source map that leads to the user’s lines', async () => {
    const out = join(folder, 'mapped');
    const { code } = await runPack([
      join(import.meta.dirname, 'application/main.js'),
      '--out',
      out,
      '--sourcemap',
      '--no-zip',
    ]);
    assert.equal(code, 0);
    const { sources } = JSON.parse(readFileSync(join(out, 'built/application.js.map'), 'utf8')) as {
      sources: string[];
    };
    assert.ok(sources.some((source) => source.endsWith('cli/pack/application/main.ts')));
  });

  for (const [what, source, expected] of [
    ['top-level await', 'await 1;', /main\.js:1\): Top-level await .* → call start\(\) without await/],
    ['an import that is not there', 'import "not-there";', /Could not resolve "not-there" → .*install what is missing/],
  ] as const) {
    it(`says where ${what} is, and what to do`, async () => {
      const cwd = project(what, source);
      const { code, stderr } = await runPack(['main.js', '--no-zip'], { cwd });
      assert.equal(code, 1);
      assert.match(stderr, expected);
      assert.doesNotMatch(stderr, /^\s+at /m);
      assert.ok(!readdirSync(cwd).includes('packed'), 'half a result, which the next run would not dare to replace');
    });
  }

  it('asks for the module where there is none', async () => {
    const { code, stderr } = await runPack(['nowhere.js'], { cwd: folder });
    assert.equal(code, 1);
    assert.match(stderr, /nowhere\.js: there is no such file → .*`yunction pack built\/main\.js`/);
  });

  it('refuses an option that it does not know', async () => {
    const { code, stderr } = await runPack([HELLO, '--minify']);
    assert.equal(code, 1);
    assert.match(stderr, /'--minify'/);
    assert.doesNotMatch(stderr, /^\s+at /m);
  });

  it('refuses to include what is not there, and leaves the earlier result', async () => {
    const out = join(folder, 'included');
    await runPack([HELLO, '--out', out, '--no-cache', '--no-zip']);
    const { code, stderr } = await runPack([HELLO, '--out', out, '--include', 'nowhere']);
    assert.equal(code, 1);
    assert.match(stderr, /--include nowhere: there is no such file or folder/);
    assert.deepEqual(readdirSync(join(out, 'built')), ['main.js']);
  });

  it('replaces no folder that holds something else', async () => {
    const out = join(folder, 'other');
    mkdirSync(out);
    writeFileSync(join(out, 'precious.txt'), '');
    const { code, stderr } = await runPack([HELLO, '--out', out]);
    assert.equal(code, 1);
    assert.match(stderr, /the folder holds something else/);
    assert.deepEqual(readdirSync(out), ['precious.txt']);
  });

  it('never takes the project itself for its result, though a scf_bootstrap lies in it', async () => {
    const cwd = project('with-bootstrap', '');
    mkdirSync(join(cwd, 'built'));
    writeFileSync(join(cwd, 'scf_bootstrap'), '');
    writeFileSync(join(cwd, 'built/main.js'), '');
    for (const out of ['.', '..']) {
      const { code, stderr } = await runPack(['--out', out], { cwd });
      assert.equal(code, 1, out);
      assert.match(stderr, /the folder holds something else/);
    }
    assert.deepEqual(readdirSync(cwd).sort(), ['built', 'main.js', 'node_modules', 'package.json', 'scf_bootstrap']);
  });

  for (const missing of ['esbuild', 'yazl']) {
    it(`says how to install ${missing} where it is missing`, async () => {
      const hooks = `export const resolve = (name, context, next) => {
        if (name === '${missing}') throw Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' });
        return next(name, context);
      };`;
      const register = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hooks))});`;
      const node = ['--import', dataUrl(register)];
      const { code, stderr } = await runPack([HELLO, '--out', join(folder, missing), '--no-cache'], { node });
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`${missing} is not installed → .*npm install --save-dev esbuild yazl`));
    });
  }
});

describe('the code cache', () => {
  const out = join(folder, 'cached');
  const cache = join(out, 'built/application.cache');

  /** Runs the application with a look at what V8 says of the cache. */
  async function rejected(): Promise<string> {
    const spy = join(folder, 'spy.cjs');
    writeFileSync(
      spy,
      `const vm = require('node:vm');
      const { Script } = vm;
      vm.Script = class extends Script {
        constructor(...args) { super(...args); console.log('rejected:', this.cachedDataRejected); }
      };`,
    );
    const process = new PackedProcess(out, { NODE_OPTIONS: `--require ${spy}` });
    assert.equal(await (await fetch(`${await process.url()}/hello`)).text(), 'hello');
    await process.stop();
    return /rejected: (\w+)/.exec(process.output)?.[1] ?? '';
  }

  it('is taken by the node that wrote it', async () => {
    await runPack([HELLO, '--out', out, '--no-zip']);
    assert.equal(await rejected(), 'false');
  });

  it('may be that of another version, and is then left alone', async () => {
    const content = readFileSync(cache);
    // The first words are a magic number and the hash of V8's version.
    content.writeUInt32LE((content.readUInt32LE(4) ^ 1) >>> 0, 4);
    writeFileSync(cache, content);
    assert.equal(await rejected(), 'true');
  });

  it('is not looked at on another kind of processor', async () => {
    const main = join(out, 'built/main.js');
    const loader = readFileSync(main, 'utf8');
    writeFileSync(main, loader.replace(`'${process.arch}'`, `'other'`));
    assert.equal(await rejected(), 'undefined');
    writeFileSync(main, loader);
  });

  it('may be missing', async () => {
    rmSync(cache);
    assert.equal(await rejected(), 'undefined');
  });
});

describe('zipFolder', () => {
  it('makes the same bytes of the same content', async () => {
    const source = join(folder, 'to-zip');
    mkdirSync(join(source, 'deep'), { recursive: true });
    const digests: string[] = [];
    for (const round of ['first', 'second']) {
      // Written anew, so with other times.
      writeFileSync(join(source, 'deep/b.txt'), 'b');
      writeFileSync(join(source, 'a.txt'), 'a', { mode: round === 'first' ? 0o600 : 0o666 });
      const archive = join(folder, `${round}.zip`);
      await zipFolder(source, archive);
      digests.push(createHash('sha256').update(readFileSync(archive)).digest('hex'));
    }
    assert.equal(digests[0], digests[1]);
  });
});

function dataUrl(module: string): string {
  return `data:text/javascript,${encodeURIComponent(module)}`;
}
