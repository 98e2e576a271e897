import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { type RunOptions, ROOT, TestProcess } from '../fixtures/run-process.js';

const COMMAND = join(ROOT, 'built/cli/yunction.js');

/** CommonJS text that declares a controller class `Hello` with `GET /hello`, as the compiler would emit it. */
export const HELLO_CONTROLLER = `
const { Controller, Http } = require('yunction');
class Hello { hello() { return 'hello'; } }
Http('GET', '/hello')(Hello.prototype, 'hello', Object.getOwnPropertyDescriptor(Hello.prototype, 'hello'));
Reflect.defineMetadata('design:paramtypes', [], Hello.prototype, 'hello');
Controller()(Hello);
`;

/** A user's project in a temporary folder, with Yunction installed and these files. */
export class CommandProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'yunction-command-'));

  constructor(files: Readonly<Record<string, string>> = {}) {
    mkdirSync(join(this.folder, 'node_modules'));
    symlinkSync(ROOT, join(this.folder, 'node_modules/yunction'));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  /** @returns the absolute path */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** Runs `yunction` with these arguments in the folder, on a port that is free. */
  run(args: readonly string[], options: RunOptions = {}): TestProcess {
    const env = { YUNCTION_HOST: '127.0.0.1', PORT: '0', ...options.env };
    return new TestProcess([COMMAND, ...args], { cwd: this.folder, ...options, env });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
