import type { TcbEventFunction } from '@cloudbase/functions-typings';

// Content-Type: application/octet-stream
export const main: TcbEventFunction<Buffer, Buffer> = function (event) {
  return Buffer.concat([event, Buffer.from([event.byteLength])]);
};
