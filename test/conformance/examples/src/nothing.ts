import type { TcbEventFunction } from '@cloudbase/functions-typings';

export const main: TcbEventFunction = function () {
  return;
};
