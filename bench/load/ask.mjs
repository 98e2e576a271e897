// One request, checked: what happens before anything is timed.
import { connect } from 'node:net';
import { ResponseReader } from './response-reader.mjs';

/** Sends a request's bytes and checks the answer. @throws Error that shows the answer when it is not the expected one. */
export function ask(port, { name, bytes, status, check }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const fail = (error) => {
      socket.destroy();
      reject(error);
    };
    const reader = new ResponseReader((answered, body) => {
      socket.destroy();
      const problem = answered !== status ? `status ${answered} instead of ${status}` : check?.(body);
      if (problem) reject(new Error(`${name}: ${problem}; the answer was ${body.slice(0, 500)}`));
      else resolve(body);
    });
    socket.setTimeout(15_000, () => fail(new Error(`${name}: no answer in 15 s`)));
    socket.on('connect', () => socket.write(bytes));
    socket.on('error', fail);
    socket.on('close', () => reject(new Error(`${name}: the connection was closed without an answer`)));
    socket.on('data', (data) => {
      try {
        reader.push(data);
      } catch (error) {
        fail(error);
      }
    });
  });
}
