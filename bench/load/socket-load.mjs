// WebSocket clients, by the ws package, without compression.
import WebSocket from 'ws';

/** Opens connections that stay. `received` counts the messages of all. */
export async function socketClients({ port, path, clients }) {
  const group = { received: 0, onEvent: undefined, sockets: [], close: undefined };
  group.close = () => {
    for (const socket of group.sockets) socket.terminate();
  };
  for (let opened = 0; opened < clients; opened += 100) {
    const batch = Array.from({ length: Math.min(100, clients - opened) }, () => open(port, path));
    group.sockets.push(...(await Promise.all(batch)));
  }
  for (const socket of group.sockets) {
    socket.on('message', (data) => {
      group.received++;
      group.onEvent?.(socket, data);
    });
  }
  return group;
}

/** `count` round trips in all, one at a time on each connection. Every answer must be `expect`. */
export async function roundTrips(group, { message, expect, count }) {
  const begin = performance.now();
  await new Promise((resolve, reject) => {
    let toSend = count;
    let toCome = count;
    const next = (socket) => {
      if (toSend === 0) return;
      toSend--;
      socket.send(message);
    };
    group.onEvent = (socket, data) => {
      if (data.toString() !== expect) return reject(new Error(`the answer was ${data.toString().slice(0, 300)}`));
      if (--toCome === 0) resolve();
      else next(socket);
    };
    for (const socket of group.sockets) next(socket);
  });
  return { seconds: (performance.now() - begin) / 1000 };
}

function open(port, path) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { perMessageDeflate: false });
    socket.once('open', () => {
      socket.off('error', reject);
      socket.on('error', () => socket.terminate()); // a lost connection shows as a count that is never reached
      resolve(socket);
    });
    socket.once('error', reject);
  });
}
