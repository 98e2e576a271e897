import type { TcbEventFunction } from '@cloudbase/functions-typings';
import { greet } from './greet.js';

type Event = { name?: string };

export const main: TcbEventFunction<Event, Promise<object>> = async function (event, context) {
  return { greeting: greet(event.name), method: context.httpContext?.httpMethod };
};
