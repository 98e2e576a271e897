/** What is wrong with a value that stands where middleware should; `undefined` when nothing is. */
export function middlewareMistake(middleware: unknown): { problem: string; remedy: string } | undefined {
  if (middleware === undefined) {
    return {
      problem: 'a middleware is undefined: it is imported in a circle, or the name is not exported',
      remedy: 'check the import; move the middleware into a file of its own',
    };
  }
  if (typeof middleware !== 'function') {
    return {
      problem: `a middleware is of type ${middleware === null ? 'null' : typeof middleware}`,
      remedy: 'give a function `(context, next) => …`, or a class with a method `handle` (the class, not an instance)',
    };
  }
  // Only a class's `prototype` cannot be written; a function's can, and an arrow function has none.
  if (Object.getOwnPropertyDescriptor(middleware, 'prototype')?.writable !== false) return undefined;
  const { handle } = middleware.prototype as { handle?: unknown };
  if (typeof handle === 'function') return undefined;
  return {
    problem: `the middleware class ${middleware.name} has no method \`handle\``,
    remedy: `add \`handle(context, next)\` to ${middleware.name}`,
  };
}
