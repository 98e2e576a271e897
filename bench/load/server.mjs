// A peer's server under measurement.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ask } from './ask.mjs';
import { SERVER_CORE, startNode, stop } from './processes.mjs';

const PROBE = fileURLToPath(new URL('probe.cjs', import.meta.url));
// The young generation grows with the garbage of connecting, which no connection holds: 1 MiB for all.
const HELD_MEMORY = ['--expose-gc', '--max-semi-space-size=1'];
const START_MS = 30_000;

/** @returns {{ port, child, probe(): Promise<{ cpuUs, rss, heap }>, stop(): Promise<void>, started: number }} not yet ready */
export async function spawnServer(peer, args, { gc = false } = {}) {
  const port = await freePort();
  const started = performance.now();
  const child = startNode(SERVER_CORE, [...(gc ? HELD_MEMORY : []), '--require', PROBE, ...args], {
    cwd: peer.cwd,
    env: { PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (data) => (complaint = (complaint + data).slice(-2000)));
  const lines = child.stdio[3];
  return {
    port,
    child,
    started,
    complaint: () => complaint,
    async probe() {
      const answer = once(lines, 'data', { signal: AbortSignal.timeout(20_000) });
      child.kill('SIGUSR2');
      return JSON.parse(String((await answer)[0]));
    },
    stop: () => stop(child),
  };
}

/** Asks until the server answers as expected, every millisecond until it listens. */
export async function firstAnswer(server, request) {
  const end = performance.now() + START_MS;
  while (performance.now() < end) {
    if (server.child.exitCode !== null) throw new Error(`the server ended: ${server.complaint()}`);
    try {
      return await ask(server.port, request);
    } catch (error) {
      if (error.code !== 'ECONNREFUSED') throw error;
    }
    await sleep(1);
  }
  throw new Error(`no answer in ${START_MS} ms: ${server.complaint()}`);
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}
