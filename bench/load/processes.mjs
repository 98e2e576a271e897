// Every process that the benchmark starts, so that every one is stopped, also on Ctrl-C.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

const running = new Set();
/** Uploads and logs of the servers; gone at the end. */
export const temporaryFolder = mkdtempSync(join(tmpdir(), 'yunction-bench-'));

/** Whether servers and load have a core each. */
export const pinned = availableParallelism() > 1 && hasTaskset();
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

function hasTaskset() {
  try {
    execFileSync('taskset', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // not on this system: the figures are noisier, and RESULTS.md says so
  }
}

if (pinned) execFileSync('taskset', ['-cp', String(LOAD_CORE), String(process.pid)], { stdio: 'ignore' });

/** Starts node on one core. taskset becomes node (exec), so the process id is node's. */
export function startNode(core, args, options) {
  const [command, ...rest] = pinned ? ['taskset', '-c', String(core), process.execPath] : [process.execPath];
  const child = spawn(command, [...rest, ...args], { ...options, env: environment(options.env) });
  running.add(child);
  child.on('error', () => running.delete(child));
  child.on('exit', () => running.delete(child));
  return child;
}

/** A small environment, the same for all: NODE_EXTRA_CA_CERTS alone costs Node 20 80 ms at every start. */
function environment(more) {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_ENV: 'production',
    TMPDIR: temporaryFolder,
    LOG_LEVEL: 'error',
    ACCESS_LOG: 'false',
    LOG_DIRNAME: join(temporaryFolder, 'logs'),
    ...more,
  };
}

/** Ends one process at once. Resolves when it is gone. */
export function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGKILL');
  });
}

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(temporaryFolder, { recursive: true, force: true });
});
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  process.on(signal, () => process.exit(code));
}
