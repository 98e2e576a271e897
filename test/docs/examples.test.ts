import assert from 'node:assert/strict';
import { execFile, type ExecFileException } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createApplication } from '#src/application.js';
import type { Class } from '#src/routing/route-options.js';
import { documentationPages } from './markdown-page.js';
import { REPOSITORY } from './repository.js';

/** Blocks that do not stand alone are marked `ts ignore`, for a good reason and seldom. */
const MOST_IGNORED = 3;

/** What a reader has installed who has followed the README. */
const INSTALLED = [
  'class-validator',
  'class-transformer',
  'ioredis',
  '@opentelemetry/api',
  'typescript',
  '@types/node',
];

interface Example {
  /** From the root of the project of all examples. */
  readonly path: string;
  readonly code: string;
}

const pages = documentationPages();
const typescript = pages.flatMap((page) =>
  page
    .blocks()
    .filter(({ language }) => language === 'ts')
    .map((block) => ({ page, block })),
);
/** A folder for each page, in which its blocks may import each other. */
const examples: readonly Example[] = typescript
  .filter(({ block }) => block.info !== 'ignore')
  .map(({ page, block }) => ({
    path: join(page.path.replace('.md', ''), block.file ?? `line-${block.line}.ts`),
    code: block.code,
  }));

describe('the examples of the documentation', () => {
  let project: string;

  before(() => {
    project = mkdtempSync(join(tmpdir(), 'yunction-examples-'));
    writeProject(project);
  });
  after(() => rmSync(project, { recursive: true, force: true }));

  it('are, with few exceptions, all checked', () => {
    const infos = typescript.map(({ block }) => block.info).filter((info) => info !== '');
    assert.ok(infos.length <= MOST_IGNORED && infos.every((info) => info === 'ignore'), infos.join());
    assert.equal(new Set(examples.map(({ path }) => path)).size, examples.length, 'two blocks have one name');
  });

  it('compile, with the settings that the README gives', async () => {
    const { failure, output } = await run(join(REPOSITORY, 'node_modules/.bin/tsc'), ['-p', project], project);
    assert.equal(failure, null, output);
  });

  it('have controllers that an application can be made of', async () => {
    let controllers = 0;
    for (const { path, code } of examples) {
      // A module that starts or tests something does so when it is imported: those have tests of their own.
      if (/^start\(|node:test/m.test(code)) continue;
      const url = pathToFileURL(join(project, 'built', path.replace(/\.ts$/, '.js'))).href;
      const exported = Object.entries((await import(url)) as Record<string, Class>);
      for (const [name, controller] of exported.filter(([key]) => key.endsWith('Controller'))) {
        assert.doesNotThrow(() => createApplication({ controllers: [controller], logLevel: 'silent' }), name);
        controllers += 1;
      }
    }
    assert.ok(controllers > 10);
  });

  it('of docs/testing.md are tests that pass', async () => {
    const tests = examples.filter(({ path, code }) => path.startsWith('docs/testing/') && code.includes('node:test'));
    assert.ok(tests.length >= 3);
    const files = tests.map(({ path }) => join(project, 'built', path.replace(/\.ts$/, '.js')));
    const { failure, output } = await run(process.execPath, ['--test', ...files], project);
    assert.equal(failure, null, output);
  });
});

function writeProject(project: string): void {
  for (const name of INSTALLED) link(join('node_modules', name), join(project, 'node_modules', name));
  link('', join(project, 'node_modules/yunction'));
  const settings = pages[0]?.blocks().find(({ lead }) => lead.includes('`tsconfig.json`'))?.code;
  assert.ok(settings !== undefined, 'the README shows a tsconfig.json');
  const { compilerOptions } = JSON.parse(settings) as { compilerOptions: object };
  const own = { compilerOptions: { ...compilerOptions, rootDir: '.' }, exclude: ['built', 'node_modules'] };
  write(join(project, 'tsconfig.json'), JSON.stringify(own));
  write(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
  // Made a module even where it has neither imports nor exports.
  for (const { path, code } of examples) write(join(project, path), `${code}\nexport {};\n`);
}

function link(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(join(REPOSITORY, from), to, 'dir');
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function run(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<{ failure: ExecFileException | null; output: string }> {
  // With the variable of the runner that runs this test, another runner would run nothing.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(command, [...args], { cwd, env }, (failure, stdout, stderr) => {
      resolve({ failure, output: `${stdout}${stderr}` });
    });
  });
}
