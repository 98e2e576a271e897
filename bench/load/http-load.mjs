// A fixed number of requests over keep-alive connections, one at a time on each.
import { connect } from 'node:net';
import { ResponseReader } from './response-reader.mjs';

/** Resolves to the seconds that all of them took. Any other status than the expected one is an error. */
export async function httpLoad({ port, bytes, status, connections, count }) {
  const message = Buffer.from(bytes, 'base64');
  const sockets = await Promise.all(Array.from({ length: Math.min(connections, count) }, () => open(port)));
  const begin = performance.now();
  try {
    await run(sockets, message, status, count);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  return { seconds: (performance.now() - begin) / 1000 };
}

function run(sockets, message, status, count) {
  return new Promise((resolve, reject) => {
    let toSend = count;
    let toCome = count;
    for (const socket of sockets) {
      const next = () => {
        if (toSend === 0) return;
        toSend--;
        socket.write(message);
      };
      const reader = new ResponseReader((answered, body) => {
        if (answered !== status)
          return reject(new Error(`status ${answered} instead of ${status}: ${body.slice(0, 300)}`));
        if (--toCome === 0) resolve();
        else next();
      });
      socket.on('data', (data) => reader.push(data));
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('the server closed the connection')));
      next();
    }
  });
}

function open(port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
      socket.off('error', reject);
      resolve(socket);
    });
    socket.on('error', reject);
  });
}
