import { StartupError } from '../errors/startup-error.js';
import { controllerRecordOf } from '../routing/route-records.js';
import type { Class } from '../routing/route-options.js';
import { start } from '../start.js';

/**
 * Starts the controllers that a module exports, by name or within its default export.
 *
 * @param where what the module is called in messages
 * @throws StartupError when there is none.
 */
export function startControllers(module: unknown, where: string): void {
  const exported = controllersIn(module);
  const controllers = [...new Set([...exported, ...controllersIn(Reflect.get(Object(module), 'default'))])];
  if (controllers.length === 0) {
    throw new StartupError([
      {
        where,
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
