import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root and the sources under test. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const SOURCES = join(ROOT, 'src');

/** One import or re-export of a source file. */
export interface Import {
  /** The file that imports, from src/: `server/service.ts`. */
  readonly from: string;
  /** A file of src/ (`errors/problem.ts`), or a package's or builtin's name (`ws`, `node:fs`). */
  readonly to: string;
  /** Erased by the compiler. */
  readonly typeOnly: boolean;
  /** `await import()`. */
  readonly lazy: boolean;
}

/** Every source file, from src/. */
export function sourceFiles(): string[] {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .sort();
}

export function readSource(file: string): string {
  return readFileSync(join(SOURCES, file), 'utf8');
}

const STATIC =
  /^(?:import|export)\s+(?:(type\s)?\s*((?:\w+,?\s*)?(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?)?)\s*from\s+)?'([^']+)';/gm;
const DYNAMIC = /\bimport\('([^']+)'\)/g;

/** What a source file imports. */
export function importsOf(file: string): Import[] {
  const text = readSource(file).replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
  const found: Import[] = [];
  for (const [, type, names = '', target = ''] of text.matchAll(STATIC)) {
    found.push({
      from: file,
      to: targetOf(file, target),
      typeOnly: type !== undefined || onlyTypes(names),
      lazy: false,
    });
  }
  for (const match of text.matchAll(DYNAMIC)) {
    // `typeof import('x')` is a type.
    const typeOnly = text.slice(0, match.index).endsWith('typeof ');
    found.push({ from: file, to: targetOf(file, match[1] ?? ''), typeOnly, lazy: true });
  }
  return found;
}

/** `{ type A, type B }`: with verbatimModuleSyntax the module is still loaded, but nothing of it is read. */
function onlyTypes(names: string): boolean {
  const list = /\{([^}]*)\}/.exec(names)?.[1];
  if (list === undefined || /^\s*\w/.test(names)) return false;
  const each = list.split(',').map((name) => name.trim());
  return each.filter((name) => name !== '').every((name) => name.startsWith('type '));
}

function targetOf(file: string, target: string): string {
  if (!target.startsWith('.')) return target.startsWith('node:') ? target : packageOf(target);
  return relative(SOURCES, resolve(SOURCES, dirname(file), target)).replace(/\.js$/, '.ts');
}

function packageOf(target: string): string {
  return target.split('/', target.startsWith('@') ? 2 : 1).join('/');
}

/** The room of a source file; the name of a file at the top: `server`, `application.ts`. */
export function roomOf(file: string): string {
  return file.includes('/') ? (file.split('/', 1)[0] ?? '') : file;
}
