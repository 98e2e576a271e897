import type { TcbEventFunction } from '@cloudbase/functions-typings';

// Compiled to an ECMAScript module.
export const main: TcbEventFunction<unknown, string> = function (event, context) {
  return `func-a ${new URL(context.httpContext?.url ?? '').pathname}`;
};
