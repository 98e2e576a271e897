import 'reflect-metadata';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { describe } from '../errors/problem.js';
import { StartupError } from '../errors/startup-error.js';
import { controllerRecordOf } from '../routing/route-records.js';
import type { Class } from '../routing/route-options.js';
import { start } from '../start.js';
import { wasStarted } from '../start-command.js';

/**
 * Loads the module of an application. One that calls `start()` has done everything; else the controllers that it exports
 * are started.
 *
 * @param named a path from the command line. Default: `FUNCTION_SOURCE`, then `main` of package.json, then built/main.js.
 * @throws StartupError when there is no such module, or nothing in it to start.
 */
export async function loadApplication(named: string | undefined): Promise<void> {
  const path = resolve(named ?? process.env['FUNCTION_SOURCE'] ?? mainOfPackage() ?? 'built/main.js');
  if (!existsSync(path)) {
    throw new StartupError([
      {
        where: path,
        problem: 'there is no such file',
        remedy: 'compile the application first, and name its compiled module: `yunction start built/main.js`',
      },
    ]);
  }
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  if (wasStarted()) return;
  const controllers = [...new Set([...controllersIn(module), ...controllersIn(module['default'])])];
  if (controllers.length === 0) {
    throw new StartupError([
      {
        where: path,
        problem: 'the module neither calls start() nor exports a controller',
        remedy: 'add `start({ controllers: […] })` to it, or export classes with @Http, @Sse or @WebSocket methods',
      },
    ]);
  }
  start({ controllers });
}

function controllersIn(exports: unknown): Class[] {
  if (typeof exports !== 'object' || exports === null) return [];
  return Object.values(exports).filter(
    (value): value is Class => isClass(value) && controllerRecordOf(value) !== undefined,
  );
}

/** Whether a value can have been decorated: an arrow function has no prototype. */
function isClass(value: unknown): value is Class {
  return typeof value === 'function' && 'prototype' in value && typeof value.prototype === 'object';
}

function mainOfPackage(): string | undefined {
  if (!existsSync('package.json')) return undefined;
  try {
    const { main } = JSON.parse(readFileSync('package.json', 'utf8')) as { main?: unknown };
    return typeof main === 'string' ? main : undefined;
  } catch (error) {
    throw new StartupError(
      [
        {
          where: 'package.json',
          problem: `it cannot be read: ${describe(error)}`,
          remedy: 'mend it, or name the module',
        },
      ],
      { cause: error },
    );
  }
}
