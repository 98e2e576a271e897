import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';

import { type Ended, ROOT, TestProcess } from '../../fixtures/run-process.js';

/** Runs `yunction pack` to its end. */
export function runPack(
  args: readonly string[],
  options: { cwd?: string; node?: readonly string[] } = {},
): Promise<Ended> {
  const { node = [], cwd = ROOT } = options;
  return new TestProcess([...node, join(ROOT, 'built/cli/yunction.js'), 'pack', ...args], { cwd }).ended;
}

/** A packed application, run as a platform runs it: by its `scf_bootstrap`. */
export class PackedProcess {
  readonly #child;
  /** Everything that it wrote. */
  output = '';

  constructor(folder: string, env: Record<string, string> = {}) {
    const PATH = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
    this.#child = spawn(join(folder, 'scf_bootstrap'), ['--port', '0', '--host', '127.0.0.1'], {
      cwd: '/',
      env: { PATH, ...env },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  /** Resolves to its base URL when it is ready. */
  async url(): Promise<string> {
    for (;;) {
      const [, url] = /ready on (http:\/\/[^\s",]+)/.exec(this.output) ?? [];
      if (url !== undefined) return url;
      if (this.#child.exitCode !== null) throw new Error(`ended without being ready:\n${this.output}`);
      await Promise.race([once(this.#child.stdout, 'data'), once(this.#child, 'close')]);
    }
  }

  /** Asks it to end; resolves to its exit code. The signal reaches node, since bash has been replaced by it. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    this.#child.kill('SIGTERM');
    const [code] = (await once(this.#child, 'close')) as [number | null];
    return code;
  }
}
