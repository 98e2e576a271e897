import type { TcbEventFunction } from '@cloudbase/functions-typings';

// Compiled to CommonJS.
export const main: TcbEventFunction<unknown, string> = function (event, context) {
  return `func-b ${new URL(context.httpContext?.url ?? '').pathname}`;
};
