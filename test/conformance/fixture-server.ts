import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { REPOSITORY } from '../docs/repository.js';

/** The folder of this run's own sources, fixtures and installation. */
export const CONFORMANCE = join(REPOSITORY, 'test/conformance');

const PEER_CLI = join(CONFORMANCE, 'peer/node_modules/@cloudbase/functions-framework/bin/tcb-ff.js');

/** The package that is measured: this repository, or a build elsewhere that is being worked on. */
export const PACKAGE = process.env['YUNCTION_CONFORMANCE_PACKAGE'] ?? REPOSITORY;

const OWN_CLI = join(PACKAGE, 'built/cli/yunction.js');

/** The two whose answers are compared. */
export type Kind = 'peer' | 'yunction';

export function isPeerInstalled(): boolean {
  return existsSync(PEER_CLI);
}

/** The command line of a server, and of what it does when told to. */
export function commandOf(kind: Kind, args: readonly string[] = []): string[] {
  return kind === 'peer' ? [PEER_CLI, ...args] : [OWN_CLI, 'start', ...args];
}

/** One of the two, running over a folder of functions as its users start it, on a free port. */
export class FixtureServer {
  readonly kind: Kind;
  readonly port: number;
  /** What it has written, for the message when it fails. */
  output = '';
  readonly #child: ChildProcess;
  readonly #logs: string;

  private constructor(kind: Kind, port: number, child: ChildProcess, logs: string) {
    this.kind = kind;
    this.port = port;
    this.#child = child;
    this.#logs = logs;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  /** @throws when the process ends before it answers. */
  static async start(kind: Kind, cwd: string, env: Readonly<Record<string, string>>): Promise<FixtureServer> {
    const port = await freePort();
    const logs = mkdtempSync(join(tmpdir(), 'yunction-conformance-logs-'));
    const child = spawn(process.execPath, commandOf(kind), {
      cwd,
      env: { ...plainEnvironment(logs), PORT: String(port), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const server = new FixtureServer(kind, port, child, logs);
    for (;;) {
      const healthy = await isHealthy(port);
      if (child.exitCode !== null) throw new Error(`${kind} ended with ${child.exitCode}:\n${server.output}`);
      if (healthy) return server;
      await wait(20);
    }
  }

  /** What the platform sends before it ends an instance. */
  terminate(): void {
    this.#child.kill('SIGTERM');
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#logs, { recursive: true, force: true });
  }
}

/** Nothing of this run's own environment that a server would read. */
export function plainEnvironment(logs: string): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', TMPDIR: tmpdir(), LOG_DIRNAME: logs };
}

/**
 * A port that nobody listens on: the peer chooses none by itself. It is below those that systems give to whoever asks for
 * any (from 32768 on Linux, from 49152 elsewhere), so that no other test gets it meanwhile, and has five digits.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '0.0.0.0', () => resolve(true));
    });
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

export function isHealthy(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    request({ host: '127.0.0.1', port, method: 'HEAD', path: '/_healthz', agent: false })
      .on('response', (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      })
      .on('error', () => resolve(false))
      .end();
  });
}
