import type { TcbEventFunction } from '@cloudbase/functions-typings';

export const main: TcbEventFunction<void, string> = function () {
  return 'done.';
};
