import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { newcomersEnvironment, shell } from '../docs/npm-shell.js';
import { REPOSITORY } from '../docs/repository.js';
import { compile } from './fixture-folders.js';
import { CONFORMANCE, PACKAGE } from './fixture-server.js';

/** What projects of the platform have installed besides, in the versions of this repository: npm has them in its cache. */
const BESIDES = ['@cloudbase/functions-typings', '@types/node', 'class-validator', 'class-transformer'];

/** Copies of the projects below test/conformance/projects, in which the packed package is installed. */
export class PackedProjects {
  readonly #folder = mkdtempSync(join(tmpdir(), 'yunction-projects-'));
  readonly #running: ChildProcess[] = [];

  /** Packs the package and installs it, once for all projects. */
  async install(): Promise<void> {
    const [packed, installed] = ['packed', 'installed'].map((name) => join(this.#folder, name)) as [string, string];
    mkdirSync(packed);
    mkdirSync(installed);
    await shell(`npm pack --silent --ignore-scripts --pack-destination "${packed}"`, PACKAGE);
    const tarball = join(packed, readdirSync(packed)[0] ?? '');
    writeFileSync(join(installed, 'package.json'), '{ "private": true }');
    await shell(`npm install --no-save "${tarball}" ${BESIDES.map(withVersion).join(' ')}`, installed);
  }

  /**
   * Copies a project, compiles each tsconfig.json in it, and runs `npx yunction start` there.
   *
   * @param files written into the copy: paths and texts. Alone they make a project that is not below
   *   test/conformance/projects.
   * @returns where it listens.
   */
  async start(name: string, files: ReadonlyMap<string, string> = new Map()): Promise<URL> {
    const project = join(this.#folder, name);
    const kept = join(CONFORMANCE, 'projects', name);
    if (existsSync(kept)) cpSync(kept, project, { recursive: true });
    for (const [path, text] of files) {
      mkdirSync(dirname(join(project, path)), { recursive: true });
      writeFileSync(join(project, path), text);
    }
    symlinkSync(join(this.#folder, 'installed/node_modules'), join(project, 'node_modules'), 'dir');
    for (const file of filesOf(project)) if (file.endsWith('tsconfig.json')) compile(join(project, file));
    return this.#run(project);
  }

  async remove(): Promise<void> {
    for (const child of this.#running) {
      if (child.pid === undefined || child.exitCode !== null) continue;
      const ended = once(child, 'exit');
      process.kill(-child.pid); // npx and what it runs: a group of their own
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #run(cwd: string): Promise<URL> {
    const child = spawn('npx', ['yunction', 'start'], {
      cwd,
      env: { ...newcomersEnvironment(), PORT: '0', YUNCTION_LOG_FORMAT: 'json' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    // Not inherited: where this process is cut by its time-out, the runner would wait for the server's end for ever.
    child.stderr.pipe(process.stderr);
    this.#running.push(child);
    for await (const line of createInterface(child.stdout)) {
      const { url } = JSON.parse(line) as { url?: string };
      if (url !== undefined) return new URL(url.replace('0.0.0.0', '127.0.0.1'));
    }
    throw new Error('the server ended before it was ready');
  }
}

function filesOf(project: string): string[] {
  const names = readdirSync(project, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => !name.startsWith('node_modules'));
}

function withVersion(name: string): string {
  const manifest = readFileSync(join(REPOSITORY, 'node_modules', name, 'package.json'), 'utf8');
  return `${name}@${(JSON.parse(manifest) as { version: string }).version}`;
}
