// From the start of the process to its first correct answer: CPU time, wall time, and the memory it then has.
import { firstAnswer, spawnServer } from '../load/server.mjs';
import { REQUESTS } from './requests.mjs';

export const COLD_SCENARIOS = [
  { name: 'cold-hello', title: 'Cold start of a hello application', entry: 'hello', request: REQUESTS.hello },
  { name: 'cold-order', title: 'Cold start to the first validated order', entry: 'order', request: REQUESTS.order },
].map(({ name, title, entry, request }) => ({
  name,
  title,
  unit: 'start',
  run: (bench) => coldStart({ name, entry, request }, bench),
}));

async function coldStart({ name, entry, request }, { peers, packed, settings, say }) {
  const rows = {};
  const starting = [...peers, ...packed]
    .map((peer) => ({ peer, args: peer[entry] ?? (entry === 'order' ? peer.server : undefined) }))
    .filter(({ args }) => args !== undefined);
  // The first start reads the files from the disk; it is not counted.
  for (let round = -1; round < settings.coldRounds; round++) {
    if (round >= 0) say(`${name}: round ${round + 1}`);
    for (const { peer, args } of starting) {
      const row = (rows[peer.name] ??= { cost: [], wall: [], rss: [] });
      if (row.failure !== undefined) continue;
      const server = await spawnServer(peer, args);
      try {
        await firstAnswer(server, request);
        const wall = performance.now() - server.started;
        const { cpuUs, rss } = await server.probe();
        if (round < 0) continue;
        row.wall.push(wall);
        row.cost.push(cpuUs / 1000);
        row.rss.push(rss / 1024 / 1024);
      } catch (error) {
        row.failure = `${error.message} ${server.complaint()}`.trim().slice(0, 600);
      } finally {
        await server.stop();
      }
    }
  }
  return rows;
}
