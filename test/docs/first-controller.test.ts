import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { type CodeBlock, MarkdownPage } from './markdown-page.js';
import { newcomersEnvironment, shell } from './npm-shell.js';
import { REPOSITORY } from './repository.js';

// What the README tells a newcomer, done as it is told: its commands, its files, its answers. Two things are put in for
// what a newcomer has: the packed repository for the `yunction` of the registry, and the versions that are installed
// here for the newest ones, so that npm's cache has them and no release of others fails this test.

describe('the first controller of the README', () => {
  const readme = new MarkdownPage('README.md');
  const running: ChildProcess[] = [];
  let folder: string;
  let tarball: string;
  let url = '';

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'yunction-first-'));
    const [staged, packed] = [join(folder, 'staged'), join(folder, 'packed')];
    mkdirSync(packed);
    await shell(`node .ci/stage-package.mjs "${staged}"`, REPOSITORY);
    await shell(`npm pack --silent --ignore-scripts --pack-destination "${packed}"`, staged);
    tarball = join(packed, readdirSync(packed)[0] ?? '');
  });
  after(() => {
    for (const child of running) child.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is built and answers as the README says', async () => {
    const project = join(folder, 'project');
    mkdirSync(project);
    const blocks = readme.blocks('A first controller');
    let asked = 0;
    for (const [index, block] of blocks.entries()) {
      if (block.language !== 'sh') {
        writeFileOf(project, block);
        continue;
      }
      for (const command of commandsOf(block)) {
        if (command.startsWith('curl ')) {
          const answer = await shell(command.replace('http://localhost:9000', url), project);
          assertAnswer(answer, blocks[index + 1]);
          asked += 1;
        } else if (command.startsWith('node ')) url = await startServer(command, project);
        else await shell(installing(command), project);
      }
    }
    assert.equal(asked, 2);
    assert.deepEqual(readdirSync(join(project, 'src')).sort(), ['main.ts', 'orders.ts']);
  });

  it('is tested as the README says', async () => {
    const project = join(folder, 'project');
    const blocks = readme.blocks('Test it');
    for (const block of blocks) writeFileOf(project, block);
    const commands = blocks.filter(({ language }) => language === 'sh').flatMap(commandsOf);
    let output = '';
    for (const command of commands) output += await shell(command, project);
    assert.match(output, /pass 2\b/);
  });

  it('ends well when it is asked to', async () => {
    const [server] = running;
    assert.ok(server !== undefined && server.exitCode === null);
    server.kill('SIGTERM');
    const [code] = (await once(server, 'exit')) as [number | null];
    assert.equal(code, 0);
  });

  /** A command with what is installed here in the place of what the registry has. */
  function installing(command: string): string {
    if (!command.startsWith('npm install')) return command;
    return command
      .split(' ')
      .map((word, index) => (index < 2 || word.startsWith('-') ? word : packageOf(word)))
      .join(' ');
  }

  function packageOf(name: string): string {
    if (name === 'yunction') return `"${tarball}"`;
    const manifest = readFileSync(join(REPOSITORY, 'node_modules', name, 'package.json'), 'utf8');
    return `${name}@${(JSON.parse(manifest) as { version: string }).version}`;
  }

  async function startServer(command: string, cwd: string): Promise<string> {
    const [program = '', ...args] = command.split(' ');
    const server = spawn(program, args, {
      cwd,
      env: { ...newcomersEnvironment(), PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Not inherited: where this process is cut by its time-out, the runner would wait for the server's end for ever.
    server.stderr.pipe(process.stderr);
    running.push(server);
    for await (const line of createInterface(server.stdout)) {
      const { url: listens } = JSON.parse(line) as { url?: string };
      if (listens !== undefined) return listens.replace('0.0.0.0', '127.0.0.1');
    }
    throw new Error('the server ended before it was ready');
  }
});

function commandsOf({ code }: CodeBlock): string[] {
  return code.split('\n').filter((line) => line !== '');
}

/** Files are named in their first line; JSON, which has no comments, in the sentence before it. */
function writeFileOf(project: string, { language, file, lead, code }: CodeBlock): void {
  const name = file ?? (language === 'json' ? /`([\w.-]+\.json)`:$/.exec(lead)?.[1] : undefined);
  if (name === undefined) return;
  const path = join(project, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
}

/** Equal but for the request's id; word for word where the README has the answer on one line. */
function assertAnswer(answer: string, shown: CodeBlock | undefined): void {
  assert.ok(shown?.language === 'json', 'the answer is shown after the command');
  const expected = shown.code.trimEnd();
  if (!expected.includes('\n')) assert.equal(answer, expected);
  const [actual, wanted] = [answer, expected].map((text) => JSON.parse(text) as { requestId?: string });
  assert.equal(typeof actual?.requestId, typeof wanted?.requestId);
  assert.deepEqual({ ...actual, requestId: '' }, { ...wanted, requestId: '' });
}
