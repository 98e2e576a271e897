import type { TcbEventFunction } from '@cloudbase/functions-typings';

// GET, no body
export const main: TcbEventFunction = function (event, context) {
  if (context.httpContext?.httpMethod !== 'GET') throw new Error(`not a GET: ${typeof event}`);
};
