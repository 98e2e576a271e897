import type { TcbEventFunction } from '@cloudbase/functions-typings';

// Content-Type: application/json
type JsonEvent = { a: number; b: string };

export const main: TcbEventFunction<JsonEvent, object> = function (event) {
  return { sum: event.a + 1, upper: event.b.toUpperCase() };
};
