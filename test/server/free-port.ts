import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** A port that nobody has, a moment ago: for what cannot be told to take any. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  server.close();
  await once(server, 'close');
  return port;
}
