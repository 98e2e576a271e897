import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { ROOT } from '../fixtures/run-process.js';

/** A folder with these files, whose modules find `yunction` by its name. */
export class ProjectFolder {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'yunction-functions-')));

  constructor(files: Readonly<Record<string, string | object>>) {
    mkdirSync(join(this.path, 'node_modules'));
    symlinkSync(ROOT, join(this.path, 'node_modules/yunction'));
    symlinkSync(join(ROOT, 'node_modules/tsyringe'), join(this.path, 'node_modules/tsyringe'));
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  write(name: string, content: string | object): void {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
  }

  at(name: string): string {
    return join(this.path, name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
