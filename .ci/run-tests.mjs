// Runs every compiled test: node's own runner takes globs only from Node 21, so the files are listed here.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const wanted = process.argv.slice(2);
const roots = ['test/built', 'sample-app/built'];
const files = roots
  .flatMap((root) => readdirSync(root, { recursive: true }).map((name) => join(root, name)))
  .filter((name) => name.endsWith('.test.js'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`no compiled test matches ${wanted.join(' ') || 'anything'}; run npm run build first`);
  process.exit(1);
}
// The limit holds for a whole file, too, and is for what hangs: those that install packages or start many processes take
// a minute on a busy machine.
const child = spawn(
  process.execPath,
  ['--enable-source-maps', '--test', '--test-concurrency=3', '--test-timeout=100000', ...files],
  { stdio: 'inherit' },
);
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
