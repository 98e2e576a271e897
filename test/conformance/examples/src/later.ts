import type { TcbEventFunction } from '@cloudbase/functions-typings';

export const main: TcbEventFunction<void, Promise<string>> = async function () {
  return new Promise((resolve) => {
    setImmediate(() => {
      resolve('done.');
    });
  });
};
