import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An issuer that publishes its keys, well or badly. */
export interface KeyServer {
  readonly url: string;
  /** What answers; replaced by the test. */
  answer: (response: ServerResponse) => void;
  /** How often it was asked. */
  asked: number;
  close(): Promise<void>;
}

export async function keyServer(first: unknown): Promise<KeyServer> {
  const server = createServer((_request, response) => {
    state.asked += 1;
    state.answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const state: KeyServer = {
    url: `http://127.0.0.1:${port}/jwks.json`,
    answer: (response) => response.end(JSON.stringify(first)),
    asked: 0,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return state;
}
