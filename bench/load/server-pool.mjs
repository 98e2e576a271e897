// Servers by peer. At full length each scenario gets fresh ones, so that none runs on code compiled for another
// scenario's requests; a smoke run keeps them, as starting them is most of its time.
import { REQUESTS } from '../scenarios/requests.mjs';
import { firstAnswer, spawnServer } from './server.mjs';

export class ServerPool {
  #kept = new Map();
  #keeps;

  constructor(keeps) {
    this.#keeps = keeps;
  }

  /** A server of the peer that may not be ready yet: `ready(server)`. */
  async take(peer) {
    const kept = this.#kept.get(peer.name);
    if (kept !== undefined) return kept;
    const server = await spawnServer(peer, peer.server);
    if (this.#keeps) this.#kept.set(peer.name, server);
    return server;
  }

  ready(server) {
    return firstAnswer(server, REQUESTS.hello);
  }

  /** Ends the server, unless it is kept. One that has failed is never kept. */
  async giveBack(peer, server, failed) {
    if (this.#keeps && !failed) return;
    this.#kept.delete(peer.name);
    await server.stop();
  }

  async close() {
    await Promise.all([...this.#kept.values()].map((server) => server.stop()));
    this.#kept.clear();
  }
}
