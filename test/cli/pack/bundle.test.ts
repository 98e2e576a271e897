import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Script } from 'node:vm';

import { bundle, type BundleOptions, type BundleReport } from '#src/cli/pack/bundle.js';
import { StartupError } from '#src/errors/startup-error.js';
import { ROOT } from '../../fixtures/run-process.js';
import { CommandProject, HELLO_CONTROLLER } from '../command-project.js';

const run = promisify(execFile);
const project = new CommandProject({ 'package.json': '{ "type": "module" }' });
after(() => project.remove());
const outfile = join(project.folder, 'packed/main.cjs');

function bundleText(text: string, options: Partial<BundleOptions> = {}): Promise<BundleReport> {
  const entry = project.write(options.entry ?? 'built/main.cjs', text);
  return bundle({ outfile, wrapped: false, sourcemap: false, ...options, entry });
}

/** The one mistake for which there is no bundle. */
async function mistakeOf(bundled: Promise<BundleReport>) {
  try {
    await bundled;
  } catch (error) {
    assert.ok(error instanceof StartupError, String(error));
    const [mistake, ...others] = error.mistakes;
    assert.deepEqual(others, []);
    assert.ok(mistake !== undefined);
    return mistake;
  }
  return assert.fail('it was bundled');
}

const EXPORTS = `${HELLO_CONTROLLER} exports.Hello = Hello;`;

describe('bundle', () => {
  it('makes one CommonJS file that needs nothing beside it', async () => {
    const { bytes, warnings } = await bundleText(EXPORTS);
    assert.deepEqual(warnings, []);
    assert.equal(bytes, statSync(outfile).size);
    // Where no node_modules is in reach.
    const alone = join(project.folder, 'packed');
    const { stdout } = await run(process.execPath, [outfile], { cwd: alone, env: { YUNCTION_COMMAND: 'routes' } });
    assert.match(stdout, /GET +\/hello +Hello\.hello/);
    assert.equal(existsSync(`${outfile}.map`), false);
  });

  it('wraps it for the loader, with import() redirected, where that is asked for', async () => {
    await bundleText(`${EXPORTS} exports.late = (name) => import(name);`, { wrapped: true });
    const code = readFileSync(outfile, 'utf8');
    assert.equal(typeof new Script(code).runInThisContext(), 'function');
    assert.match(code, /\$mport\(/);
    assert.doesNotMatch(code, /[^.\w$]import\((?!\))/);
  });

  it('writes a source map where that is asked for', async () => {
    await bundleText(EXPORTS, { sourcemap: true });
    const { sources } = JSON.parse(readFileSync(`${outfile}.map`, 'utf8')) as { sources: string[] };
    assert.ok(
      sources.some((source) => source.endsWith('built/main.cjs')),
      String(sources.slice(-3)),
    );
  });

  it('says whether it is ASCII, by which the loader reads it', async () => {
    assert.equal((await bundleText(`${EXPORTS} exports.text = 'ä';`)).isAscii, true);
    assert.equal((await bundleText(`${EXPORTS} exports.pattern = /ä/;`)).isAscii, false);
  });

  it('says whether the application has rules of its own', async () => {
    assert.equal((await bundleText(EXPORTS)).hasRules, false);
    const validator = JSON.stringify(join(ROOT, 'node_modules/class-validator'));
    assert.equal((await bundleText(`${EXPORTS} exports.rule = require(${validator}).IsInt;`)).hasRules, true);
  });

  it('passes on what esbuild warns of, with the file', async () => {
    const { warnings } = await bundleText(`${EXPORTS} exports.never = typeof exports === 'nothing';`);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /built\/main\.cjs: .*typeof/);
  });

  it('keeps the names of classes', async () => {
    await bundleText(`${EXPORTS} class Order {} console.log(Order.name, (() => class Inner {})().name);`);
    const { stdout } = await run(process.execPath, [outfile], { env: { YUNCTION_COMMAND: 'routes' } });
    assert.match(stdout, /^Order Inner\n/);
  });

  it('has one class-transformer, whichever build of it is asked for', async () => {
    const folder = JSON.stringify(join(ROOT, 'node_modules/class-transformer'));
    symlinkSync(JSON.parse(folder) as string, join(project.folder, 'node_modules/class-transformer'));
    const text = `
      import { Type } from 'class-transformer';
      import { needed } from './needed.cjs';
      import { Hello } from './hello.cjs';
      export { Hello };
      console.log(Type === needed);`;
    project.write('built/needed.cjs', `exports.needed = require('class-transformer').Type;`);
    project.write('built/hello.cjs', EXPORTS);
    await bundleText(text, { entry: 'built/main.mjs' });
    const { stdout } = await run(process.execPath, [outfile], { env: { YUNCTION_COMMAND: 'routes' } });
    assert.match(stdout, /^true\n/);
  });
});

describe('bundle says what is wrong, where, and what to do', () => {
  it('where an import is not there', async () => {
    const mistake = await mistakeOf(bundleText(`\nimport './missing.js';`, { entry: 'built/missing.mjs' }));
    assert.equal(mistake.where, join(project.folder, 'built/missing.mjs'));
    assert.match(mistake.file ?? '', /built\/missing\.mjs:2$/);
    assert.match(mistake.problem, /Could not resolve "\.\/missing\.js"/);
    assert.equal(mistake.remedy, 'install what is missing, or correct the import');
  });

  it('where there is a top-level await', async () => {
    const mistake = await mistakeOf(bundleText('await 1;', { entry: 'built/await.mjs' }));
    assert.match(mistake.remedy, /^call start\(\) without await/);
  });

  it('where the code is none', async () => {
    const mistake = await mistakeOf(bundleText('const = 5;'));
    assert.match(mistake.file ?? '', /built\/main\.cjs:1$/);
    assert.equal(mistake.remedy, 'correct the file');
  });

  it('where several things are wrong, all of them', async () => {
    const text = `import './one.js';\nimport './two.js';`;
    await assert.rejects(bundleText(text, { entry: 'built/two.mjs' }), (error) => {
      assert.ok(error instanceof StartupError);
      assert.deepEqual(
        error.mistakes.map(({ file }) => file?.split(':').at(-1)),
        ['1', '2'],
      );
      return true;
    });
  });

  it('where the result cannot be written', async () => {
    writeFileSync(join(project.folder, 'file'), '');
    const mistake = await mistakeOf(bundleText(EXPORTS, { outfile: join(project.folder, 'file/main.cjs') }));
    assert.match(mistake.problem, /file/);
  });

  it('where the application uses another copy of Yunction', async () => {
    const other = join(project.folder, 'other');
    mkdirSync(join(other, 'node_modules/yunction'), { recursive: true });
    writeFileSync(join(other, 'node_modules/yunction/package.json'), '{ "name": "yunction" }');
    const mistake = await mistakeOf(bundleText('', { entry: 'other/main.cjs' }));
    assert.equal(mistake.where, join(other, 'main.cjs'));
    assert.match(
      mistake.problem,
      /^it uses the Yunction of .*other\/node_modules\/yunction, and this is another copy$/,
    );
    assert.match(mistake.remedy, /npx yunction pack/);
  });
});
