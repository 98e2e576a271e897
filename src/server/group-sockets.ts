import { type Route, shapeOf, type WebSocketRoute } from '../routing/route.js';

/** The handlers of each WebSocket path: together they serve its connections. By shape, as names make no other path. */
export function groupSockets(routes: readonly Route[]): Map<string, WebSocketRoute[]> {
  const groups = new Map<string, WebSocketRoute[]>();
  for (const route of routes) {
    if (route.protocol !== 'websocket') continue;
    const shape = shapeOf(route.path);
    const group = groups.get(shape);
    if (group === undefined) groups.set(shape, [route]);
    else group.push(route);
  }
  return groups;
}
