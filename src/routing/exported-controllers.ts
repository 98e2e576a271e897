import type { Class } from './route-options.js';
import { controllerRecordOf } from './route-records.js';

/** The controllers that a module exports, by name or within its default export; each once. */
export function controllersIn(module: unknown): Class[] {
  return [...new Set([...controllersAmong(module), ...controllersAmong(Reflect.get(Object(module), 'default'))])];
}

function controllersAmong(exports: unknown): Class[] {
  // A plain function's module may be a function with members: `module.exports = main`.
  if (exports === null || (typeof exports !== 'object' && typeof exports !== 'function')) return [];
  return Object.values(exports).filter(
    (value): value is Class => isClass(value) && controllerRecordOf(value) !== undefined,
  );
}

/** Whether a value can have been decorated: an arrow function has no prototype. */
function isClass(value: unknown): value is Class {
  return typeof value === 'function' && 'prototype' in value && typeof value.prototype === 'object';
}
