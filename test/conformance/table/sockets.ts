import type { HttpRow, SocketRow } from '../row.js';

type Plan = SocketRow['socket'];

function socket(name: string, path: string, plan: Plan): SocketRow {
  return { name, path, socket: plan };
}

const bye = { code: 1000, reason: 'bye' };

/** WebSockets. */
export const SOCKETS: readonly (SocketRow | HttpRow)[] = [
  socket('ws echoes text', '/socket/echo', { sends: ['héllo'], messages: 1, finally: bye }),
  socket('ws echoes bytes', '/socket/echo', { sends: [Buffer.from([0, 1, 255])], messages: 1, finally: bye }),
  socket('ws echoes an empty text', '/socket/echo', { sends: [''], messages: 1, finally: bye }),
  socket('ws answers in order', '/socket/echo', { sends: ['1', '2', '3', '4'], messages: 4, finally: bye }),
  socket('ws gives type and context', '/socket/echo', { sends: ['describe'], messages: 1, finally: bye }),
  socket('ws sends every kind', '/socket/kinds', { messages: 5, finally: bye }),
  socket('ws tells the context', '/socket/context', { messages: 1, finally: bye }),
  socket('ws tells the event', '/socket/event', { messages: 1, finally: bye }),
  socket('ws has the members of an emitter', '/socket/emitter', { messages: 1, finally: bye }),
  socket('ws has the id of the request', '/socket/ids', {
    headers: { 'X-Request-Id': 'mine-1' },
    messages: 1,
    finally: bye,
  }),
  socket('ws at the route itself', '/socket', { sends: ['x'], messages: 1, finally: bye }),
  socket('ws at the route with a slash', '/socket/', { sends: ['x'], messages: 1, finally: bye }),
  socket('ws with a query below the route', '/socket/context?token=x&y=1', { messages: 1, finally: bye }),
  socket('ws with a query at the route', '/socket?token=x', { sends: ['x'], messages: 1, finally: bye }),
  socket('ws takes the only subprotocol', '/socket/echo', {
    protocols: ['chat'],
    sends: ['x'],
    messages: 1,
    finally: bye,
  }),
  socket('ws takes the first subprotocol', '/socket/echo', {
    protocols: ['b', 'a'],
    sends: ['x'],
    messages: 1,
    finally: bye,
  }),
  socket('ws may be compressed', '/socket/large', { compress: true, messages: 1, finally: bye }),
  socket('ws of 5,000 characters', '/socket/large', { messages: 1, finally: bye }),
  socket('ws takes 200 KB', '/socket/echo', { sends: ['x'.repeat(200_000)], messages: 1, finally: bye }),
  socket('ws takes 300 KB', '/socket/echo', { sends: ['x'.repeat(300_000)], messages: 1, finally: bye }),
  socket('ws is closed by the function', '/socket/closes', {}),
  socket('ws is closed by the function as done', '/socket/closes-1000', {}),
  socket('ws is closed by the function without a code', '/socket/closes-plainly', {}),
  socket('ws is closed by the function when asked', '/socket/echo', { sends: ['close'] }),
  socket('ws is left with a code', '/socket/echo', { finally: { code: 4321, reason: 'leaving' } }),
  socket('ws told the function how it was left', '/socket/deny-last-close', {}),
  socket('ws whose main throws', '/socket/throws-at-once', { sends: ['x'], messages: 1, finally: bye }),

  socket('ws is refused', '/socket/deny', {}),
  socket('ws is refused with JSON', '/socket/deny-json', {}),
  socket('ws is refused without a word', '/socket/deny-plainly', {}),
  socket('ws is refused by an empty object', '/socket/deny-empty', {}),
  socket('ws is refused by nothing', '/socket/deny-nothing', {}),
  socket('ws is refused, told what was known', '/socket/deny-telling', {}),
  socket('ws is refused, told what was known, with a query', '/socket/deny-telling?x=1', {}),
  socket('ws is refused by an error', '/socket/deny-throwing', {}),
  socket('ws is refused by a rejection', '/socket/deny-rejecting', {}),
  socket('ws at a function without handleUpgrade', '/echo', {}),
  socket('ws at no route', '/nowhere', {}),
  { name: 'a plain request to a function of sockets', path: '/socket' },
  { name: 'an upgrade to something else', path: '/echo', headers: { Connection: 'Upgrade', Upgrade: 'h2c' } },
  {
    name: 'an upgrade with an unknown version',
    path: '/socket/echo',
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '99',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    },
  },
];

/** Asked last: the server is stopped by it. */
export const SHUTDOWN: readonly SocketRow[] = [
  socket('ws when the server is stopped', '/socket/echo', { sends: ['x'], messages: 1, finally: 'stop the server' }),
];
