// What a user installs: the files of the packages that a peer's application names, and of all that these depend on.
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BENCH = fileURLToPath(new URL('..', import.meta.url));

export const INSTALL_SCENARIO = {
  name: 'install',
  title: 'Install size',
  unit: 'installation',
  run: async ({ peers, packed }) => ({
    ...Object.fromEntries(peers.map((peer) => [peer.name, installed(peer.packages)])),
    ...Object.fromEntries(packed.map((peer) => [peer.name, shipped(peer.server[0])])),
  }),
};

function installed(names) {
  const folders = new Map();
  const waiting = names.map((name) => [name, BENCH, false]);
  while (waiting.length > 0) {
    const [name, from, optional] = waiting.pop();
    const folder = findPackage(name, from);
    if (folder === undefined) {
      if (!optional) throw new Error(`${name}, wanted by ${from}, is not installed`);
      continue;
    }
    if (folders.has(folder)) continue;
    const { dependencies = {}, optionalDependencies = {} } = manifest(folder);
    folders.set(folder, sizeOf(folder));
    for (const dependency of Object.keys(dependencies)) {
      waiting.push([dependency, folder, dependency in optionalDependencies]);
    }
    for (const dependency of Object.keys(optionalDependencies)) waiting.push([dependency, folder, true]);
  }
  const bytes = [...folders.values()].reduce((sum, size) => sum + size, 0);
  return { packages: folders.size, cost: [bytes / 1024 / 1024] };
}

/** A packed application: the folder of its main file, without maps. */
function shipped(main) {
  return { packages: 0, cost: [bytesBelow(dirname(main), (name) => !name.endsWith('.map')) / 1024 / 1024] };
}

function findPackage(name, from) {
  for (let folder = realpathSync(from); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (dirname(folder) === folder) return undefined;
  }
}

const manifest = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** Of a linked package only what it would publish; of an installed one everything but packages inside it. */
function sizeOf(folder) {
  if (folder.includes('node_modules')) return bytesBelow(folder, (name) => name !== 'node_modules');
  const { files = [] } = manifest(folder);
  const published = [...files.filter((file) => !file.startsWith('!')), 'package.json', 'README.md', 'LICENSE'];
  return published
    .map((file) => join(folder, file))
    .filter((path) => existsSync(path))
    .reduce((sum, path) => {
      const bytes = statSync(path).isDirectory()
        ? bytesBelow(path, (name) => !name.endsWith('.tsbuildinfo'))
        : statSync(path).size;
      return sum + bytes;
    }, 0);
}

function bytesBelow(folder, wanted) {
  let bytes = 0;
  for (const name of readdirSync(folder)) {
    if (!wanted(name)) continue;
    const path = join(folder, name);
    const stats = lstatSync(path);
    if (stats.isDirectory()) bytes += bytesBelow(path, wanted);
    else if (stats.isFile()) bytes += stats.size;
  }
  return bytes;
}
