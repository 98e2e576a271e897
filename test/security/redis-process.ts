import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../until.js';

/** A Redis of the test's own, on a socket file: no port that somebody else could have. */
export interface RedisProcess {
  readonly path: string;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

export async function startRedis(): Promise<RedisProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'rate-redis-'));
  const path = join(folder, 'redis.sock');
  const settings = ['--port', '0', '--unixsocket', path, '--save', '', '--appendonly', 'no', '--dir', folder];
  const process = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  process.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await until(() => /ready to accept connections/i.test(output));
  const ended = once(process, 'exit');
  return {
    path,
    signal: (name) => void process.kill(name),
    async stop() {
      process.kill('SIGCONT');
      process.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
