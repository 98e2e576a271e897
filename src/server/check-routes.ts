import { middlewareMistake } from '../context/middleware-mistake.js';
import type { Middleware } from '../context/middleware.js';
import type { StartupMistake } from '../errors/startup-error.js';
import { mistakesOf } from '../events/event-mistakes.js';
import { unreadPathParameters } from '../events/unread-path-parameters.js';
import { routeOptionMistakes } from '../routing/route-option-mistakes.js';
import { type Route, routeName } from '../routing/route.js';
import { METHODS_WITH_BODY } from './event-readers.js';
import { eventKindOf } from './event-kind.js';
import { groupSockets } from './group-sockets.js';

/** Every mistake that shows only when routes, their events and their middleware are looked at together. */
export function checkRoutes(routes: readonly Route[], use: readonly Middleware[]): StartupMistake[] {
  return [
    ...findSplitSockets(routes),
    ...findEventMistakes(routes),
    ...routes.flatMap(routeOptionMistakes),
    ...findMiddlewareMistakes(routes, use),
  ];
}

/** Middleware that cannot be called: found once, wherever it stands. */
function findMiddlewareMistakes(routes: readonly Route[], use: readonly Middleware[]): StartupMistake[] {
  const mistakes = new Map<unknown, StartupMistake>();
  const look = (middleware: Middleware, at: { where: string; file?: string | undefined }) => {
    const wrong = middlewareMistake(middleware);
    if (wrong !== undefined && !mistakes.has(middleware)) mistakes.set(middleware, { ...at, ...wrong });
  };
  for (const middleware of use) look(middleware, { where: 'option use' });
  for (const route of routes) {
    for (const middleware of route.use) look(middleware, { where: routeName(route), file: route.file });
  }
  return [...mistakes.values()];
}

/** The mistakes in the events of routes: what cannot be read, what would be read by nobody. */
function findEventMistakes(routes: readonly Route[]): StartupMistake[] {
  const mistakes: StartupMistake[] = [];
  for (const route of routes) {
    const at = { where: routeName(route), file: route.file };
    const event = eventKindOf(route.eventType);
    if (event.kind === 'mistake') mistakes.push({ ...at, problem: event.problem, remedy: event.remedy });
    if (event.kind === 'stream' && route.protocol === 'websocket') {
      mistakes.push({
        ...at,
        problem: 'a WebSocket has no body to stream',
        remedy: 'take a class, `unknown`, `string` or `Buffer`',
      });
    }
    if (event.kind !== 'class') continue;
    const message = route.protocol === 'websocket' && route.on === 'message';
    for (const mistake of mistakesOf(event.eventClass, message ? [] : route.parameters, defaultSourceOf(route)))
      mistakes.push({ ...at, ...mistake });
    if (route.protocol === 'websocket') continue;
    for (const parameter of unreadPathParameters(event.eventClass, route.parameters)) {
      mistakes.push({ ...at, ...unread(parameter, event.eventClass.name) });
    }
  }
  return [...mistakes, ...findUnreadSocketParameters(routes)];
}

/** Of a WebSocket path, `upgrade` and `open` may share the reading of its parameters between them. */
function findUnreadSocketParameters(routes: readonly Route[]): StartupMistake[] {
  const mistakes: StartupMistake[] = [];
  for (const group of groupSockets(routes).values()) {
    const readers = group.filter(({ on }) => on === 'upgrade' || on === 'open');
    const classes = readers.map(({ eventType }) => eventKindOf(eventType)).filter((event) => event.kind === 'class');
    const [first] = readers;
    if (first === undefined || classes.length === 0) continue;
    for (const parameter of first.parameters) {
      if (classes.some(({ eventClass }) => unreadPathParameters(eventClass, [parameter]).length === 0)) continue;
      const names = classes.map(({ eventClass }) => eventClass.name).join(' and ');
      mistakes.push({ where: `${first.controller.name} ${first.path}`, file: first.file, ...unread(parameter, names) });
    }
  }
  return mistakes;
}

function unread(parameter: string, className: string): { problem: string; remedy: string } {
  return {
    problem: `the path's parameter :${parameter} is read by no property of ${className}`,
    remedy: `add a property ${parameter === '*' ? "with @FromPath('*')" : parameter} with a rule to ${className}, or take the parameter out of the path`,
  };
}

/** WebSocket paths that are served by two classes, or whose handlers name their parameters differently. */
function findSplitSockets(routes: readonly Route[]): StartupMistake[] {
  const mistakes: StartupMistake[] = [];
  for (const group of groupSockets(routes).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const other = group.find(({ controller }) => controller !== first.controller);
    if (other !== undefined) {
      mistakes.push({
        where: routeName(other),
        file: other.file,
        problem: `WS ${other.path} is served by ${first.controller.name} already`,
        remedy: 'put all handlers of a WebSocket path into one class, or change the path',
      });
      continue;
    }
    const renamed = group.find(({ path }) => path !== first.path);
    if (renamed === undefined) continue;
    mistakes.push({
      where: routeName(renamed),
      file: renamed.file,
      problem: `WS ${renamed.path} is the same path as WS ${first.path} of ${routeName(first)}, whose parameters have other names`,
      remedy: 'give all handlers of a WebSocket path the same path, letter by letter',
    });
  }
  return mistakes;
}

/** Where a route's event comes from unless it says otherwise: what is checked is what no request could pass. */
function defaultSourceOf(route: Route): 'body' | 'query' {
  if (route.protocol === 'websocket') return route.on === 'message' ? 'body' : 'query';
  return route.methods.some((method) => METHODS_WITH_BODY.has(method)) ? 'body' : 'query';
}
