// Everything that has to be there before measuring: packages, the link to Yunction, compiled peers, packed forms.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BENCH = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** @throws Error that says what is missing and what to do. */
export function prepare() {
  const marker = join(BENCH, 'node_modules/.package-lock.json');
  if (!existsSync(marker) || statSync(marker).mtimeMs < statSync(join(BENCH, 'package-lock.json')).mtimeMs) {
    process.stderr.write('installing the peers (bench/package-lock.json)\n');
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: BENCH, stdio: ['ignore', 'inherit', 'inherit'] });
  }
  if (!existsSync(join(ROOT, 'built/index.js'))) {
    throw new Error('Yunction is not compiled: run `npm run build` in the repository first');
  }
  // As it is published, not as it lies in the repository.
  const published = join(BENCH, 'built/package');
  execFileSync(process.execPath, [join(ROOT, '.ci/stage-package.mjs'), published], { stdio: 'ignore' });
  link(published, join(BENCH, 'node_modules/yunction'));
  // Decorators register in the library's own module, so the application must use Yunction's copies, as it does where
  // both are installed side by side. (A link into the repository has two.)
  for (const library of ['class-validator', 'class-transformer']) {
    link(join(ROOT, 'node_modules', library), join(BENCH, 'built/yunction/node_modules', library));
  }
  execFileSync(process.execPath, [join(BENCH, 'node_modules/typescript/bin/tsc'), '-p', BENCH], { stdio: 'inherit' });
}

function link(target, path) {
  mkdirSync(join(path, '..'), { recursive: true });
  rmSync(path, { recursive: true, force: true });
  symlinkSync(target, path, 'junction');
}

/**
 * Yunction's packed applications as further peers of the cold start: those named by YUNCTION_PACKED (and
 * YUNCTION_PACKED_HELLO), else what `yunction pack` makes of the two applications, where that command exists.
 * @returns {{ packed: object[], notes: string[] }}
 */
export function packedForms(folder) {
  const { YUNCTION_PACKED: server, YUNCTION_PACKED_HELLO: hello } = process.env;
  if (server) {
    const missing = [server, hello].find((path) => path && !existsSync(path));
    if (missing) throw new Error(`there is no packed application ${missing}`);
    return forms(server, hello, hello ? [] : ['YUNCTION_PACKED_HELLO is not set: no packed hello.']);
  }
  const cli = join(BENCH, 'built/package/built/cli/yunction.js');
  const help = existsSync(cli) ? execFileSync(process.execPath, [cli, 'help'], { encoding: 'utf8' }) : '';
  if (!/^ *yunction pack\b/m.test(help)) {
    return { packed: [], notes: ['The packed rows are left out: this Yunction has no `yunction pack`.'] };
  }
  try {
    return forms(pack(cli, 'main.js', join(folder, 'main')), pack(cli, 'hello.js', join(folder, 'hello')), []);
  } catch (error) {
    return { packed: [], notes: [`The packed rows are left out: \`yunction pack\` failed: ${error.message}`] };
  }
}

/** Packs one compiled application. @returns the path of the file to start. */
function pack(cli, module, folder) {
  execFileSync(process.execPath, [cli, 'pack', join(BENCH, 'built/yunction', module), '--out', folder, '--no-zip'], {
    cwd: BENCH,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const main = join(folder, 'built/main.js');
  if (!existsSync(main)) throw new Error(`it made no ${main}`);
  return main;
}

function forms(server, hello, notes) {
  const packed = {
    name: 'yunction-packed',
    label: 'Yunction, packed',
    server: [server],
    ...(hello ? { hello: [hello] } : {}),
  };
  return { packed: [packed], notes };
}
