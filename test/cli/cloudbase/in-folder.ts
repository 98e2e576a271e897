import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Runs something in a folder of its own as the working directory, with these files; gives what it gave. */
export function inFolder<Result>(
  files: Readonly<Record<string, unknown>>,
  run: (read: (name: string) => string) => Result,
): Result {
  const folder = mkdtempSync(join(tmpdir(), 'yunction-cloudbase-'));
  const before = process.cwd();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content, null, 4));
  }
  process.chdir(folder);
  try {
    return run((name) => readFileSync(join(folder, name), 'utf8'));
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
}
