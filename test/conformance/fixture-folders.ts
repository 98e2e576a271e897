import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from '../docs/repository.js';
import { CONFORMANCE } from './fixture-server.js';

/** The folders that stages run over, by name; `examples` is compiled into a temporary folder. */
export class FixtureFolders {
  readonly #temporary = mkdtempSync(join(tmpdir(), 'yunction-conformance-'));
  readonly byName: ReadonlyMap<string, string>;

  /** @throws when an example does not compile. */
  constructor() {
    const examples = join(this.#temporary, 'examples');
    cpSync(join(CONFORMANCE, 'examples'), examples, { recursive: true });
    symlinkSync(join(REPOSITORY, 'node_modules'), join(this.#temporary, 'node_modules'), 'dir');
    for (const project of ['tsconfig.json', 'tsconfig.commonjs.json']) compile(join(examples, project));
    const own = ['many', 'alone', 'static', 'every'].map(
      (name) => [name, join(CONFORMANCE, 'functions', name)] as const,
    );
    this.byName = new Map([...own, ['examples', examples]]);
  }

  remove(): void {
    rmSync(this.#temporary, { recursive: true, force: true });
  }
}

/** Runs the compiler of this repository over a project. @throws with its messages. */
export function compile(project: string): void {
  const tsc = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${project} does not compile:\n${stdout}`);
}
