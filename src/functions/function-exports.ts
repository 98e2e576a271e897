import type { DependencyContainer } from '../context/injector.js';
import { middlewareMistake } from '../context/middleware-mistake.js';
import type { Middleware } from '../context/middleware.js';
import { controllersIn } from '../routing/exported-controllers.js';
import type { Class } from '../routing/route-options.js';

/** A plain function of the platform's: `main(event, context)`, with `handleUpgrade` where it takes WebSockets. */
export interface PlainFunction {
  (event: unknown, context: unknown): unknown;
  handleUpgrade?: ((context: unknown) => unknown) | undefined;
}

/** What a function's module gives. */
export interface FunctionExports {
  readonly main: PlainFunction | undefined;
  readonly controllers: readonly Class[];
  /** Middleware of this function alone. */
  readonly use: readonly Middleware[];
  /** A tsyringe container of its own, in place of the application's. */
  readonly container: DependencyContainer | undefined;
}

/**
 * Reads a function's module.
 *
 * @param target the name of the export that is the plain function; dots lead further in.
 * @throws Error that says what is missing: neither a function there nor a controller, or something that is no function.
 */
export function readExports(module: unknown, target: string): FunctionExports {
  const controllers = controllersIn(module);
  const main = memberOf(module, target) ?? memberOf(memberOf(module, 'default'), target);
  if (main !== undefined && typeof main !== 'function') {
    throw new Error(`its export ${target} is no function: it is ${main === null ? 'null' : `a ${typeof main}`}`);
  }
  if (main === undefined && controllers.length === 0) {
    throw new Error(`it exports neither ${target} nor a controller`);
  }
  return {
    main: main as PlainFunction | undefined, // what it takes and gives is its own affair
    controllers,
    use: useOf(memberOf(module, 'use')),
    container: containerOf(memberOf(module, 'container')),
  };
}

/** Whether a module has a plain function under this name. */
export function hasFunction(module: unknown, target: string): boolean {
  return typeof (memberOf(module, target) ?? memberOf(memberOf(module, 'default'), target)) === 'function';
}

/** The value that dots lead to. */
function memberOf(value: unknown, path: string): unknown {
  let member = value;
  for (const name of path.split('.')) {
    if (member === undefined || member === null) return undefined;
    member = (member as Record<string, unknown>)[name];
  }
  return member;
}

function useOf(use: unknown): readonly Middleware[] {
  if (!Array.isArray(use)) return []; // an export that happens to have this name
  for (const middleware of use as Middleware[]) {
    const wrong = middlewareMistake(middleware);
    if (wrong !== undefined) throw new Error(`its export use: ${wrong.problem}`);
  }
  return use as Middleware[];
}

function containerOf(container: unknown): DependencyContainer | undefined {
  if (typeof container !== 'object' || container === null) return undefined;
  const isContainer = 'createChildContainer' in container && 'resolve' in container;
  return isContainer ? (container as DependencyContainer) : undefined;
}
