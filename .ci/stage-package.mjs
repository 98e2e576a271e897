// Makes a folder what `npm pack` would publish, without touching built/: for tests and the benchmark, which want the
// package as its users get it. What it depends on is found through a link to the repository's own node_modules.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const folder = resolve(process.argv[2] ?? '');
if (process.argv[2] === undefined) throw new Error('name the folder: node .ci/stage-package.mjs <folder>');

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
for (const name of ['package.json', 'README.md', 'LICENSE', ...files.filter((each) => !each.startsWith('!'))]) {
  cpSync(join(root, name), join(folder, name), {
    recursive: true,
    filter: (path) => !path.endsWith('.tsbuildinfo'),
  });
}
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
execFileSync(process.execPath, [join(root, '.ci/bundle-package.mjs'), folder], { stdio: 'inherit' });
