import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';

import { BOOTSTRAP } from '#src/cli/pack/bootstrap.js';

const MAIN = `
process.on('SIGTERM', () => { console.log('signalled'); process.exit(3); });
console.log(JSON.stringify({ pid: process.pid, argv: process.argv.slice(2), cwd: process.cwd() }));
setInterval(() => {}, 1000);
`;

/** Runs a scf_bootstrap until its application has said where it is; then it is told to end. */
async function run(path: string, args: readonly string[], cwd: string) {
  const PATH = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
  const child = spawn(path, args, { cwd, env: { PATH } });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const closed = once(child, 'close');
  while (!output.includes('\n')) await Promise.race([once(child.stdout, 'data'), closed]);
  child.kill('SIGTERM');
  const [code] = (await closed) as [number | null];
  const [first = '', second] = output.split('\n');
  return { said: JSON.parse(first) as { pid: number; argv: string[]; cwd: string }, second, code, pid: child.pid };
}

describe('the scf_bootstrap of a packed application', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yunction bootstrap $HOME-'));
  mkdirSync(join(folder, 'built'));
  writeFileSync(join(folder, 'built/main.js'), MAIN);
  const path = join(folder, 'scf_bootstrap');
  writeFileSync(path, BOOTSTRAP);
  chmodSync(path, 0o755);
  after(() => rmSync(folder, { recursive: true }));

  it('is a script that a Linux kernel runs: a shebang first, no CR, a last line end', () => {
    assert.match(BOOTSTRAP, /^#!\/bin\/bash\n/);
    assert.doesNotMatch(BOOTSTRAP, /\r/);
    assert.ok(BOOTSTRAP.endsWith('\n'));
  });

  it('runs the application in its own folder, wherever it is called from, with its arguments as they are', async () => {
    const args = ['--port', '0', 'two words', '$HOME', ''];
    const { said } = await run(path, args, '/');
    assert.deepEqual([said.argv, said.cwd], [args, folder]);
  });

  it('becomes the application’s process, so that the platform’s signals reach it, and its exit code the platform', async () => {
    const { said, second, code, pid } = await run(path, [], folder);
    assert.equal(said.pid, pid);
    assert.deepEqual([second, code], ['signalled', 3]);
  });

  it('looks for node where the platform has it, the newer one first', () => {
    const places = [...BOOTSTRAP.matchAll(/\/var\/lang\/node(\d+)\/bin\/node/g)].map(([, version]) => Number(version));
    assert.deepEqual(places, [22, 20]);
  });

  it('fails where its folder cannot be entered', async () => {
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(path, join(elsewhere, 'scf_bootstrap'));
    // There is no built/main.js beside the link: it is where it is called that counts.
    const child = spawn(join(elsewhere, 'scf_bootstrap'), [], { env: { PATH: dirname(process.execPath) } });
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 1);
  });
});
