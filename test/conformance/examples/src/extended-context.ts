import type { TcbEventFunction } from '@cloudbase/functions-typings';

export const main: TcbEventFunction<void, string> = function (event, context) {
  return `${context.extendedContext?.envId} ${context.extendedContext?.userId}`;
};
