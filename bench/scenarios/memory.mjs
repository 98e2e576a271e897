// What one idle connection holds: the growth of the server's heap and buffers over many, after garbage collection. Its
// resident memory stands beside it: that is what a platform counts, but connections first fill what starting left free.
import { setTimeout as sleep } from 'node:timers/promises';
import { firstAnswer, spawnServer } from '../load/server.mjs';
import { REQUESTS } from './requests.mjs';

const SETTLE_MS = 300;

export const MEMORY_SCENARIOS = [
  { name: 'memory-sse', title: 'Memory of an idle event stream', kind: 'sse', path: '/sse/room' },
  { name: 'memory-ws', title: 'Memory of an idle WebSocket', kind: 'ws', path: '/ws/room' },
].map(({ name, title, kind, path }) => ({
  name,
  title,
  unit: 'connection',
  run: (bench) => memory({ name, kind, path }, bench),
}));

async function memory({ name, kind, path }, { peers, load, settings, say }) {
  const rows = {};
  for (let round = 0; round < settings.memoryRounds; round++) {
    say(`${name}: round ${round + 1}`);
    for (const peer of peers) {
      if (!peer.scenarios.includes(name)) continue;
      rows[peer.name] ??= { cost: [], resident: [] };
      if (rows[peer.name].failure !== undefined) continue;
      // A fresh server each time: memory that was once taken is seldom given back.
      const server = await spawnServer(peer, peer.server, { gc: true });
      try {
        await firstAnswer(server, REQUESTS.hello);
        const { rss, heap } = await perConnection(server, { kind, path }, load, settings.memoryCrowd);
        rows[peer.name].cost.push(heap);
        rows[peer.name].resident.push(rss);
      } catch (error) {
        rows[peer.name].failure = `${error.message} ${server.complaint()}`.trim().slice(0, 600);
      } finally {
        await server.stop();
        await load.run('leave', {});
      }
    }
  }
  return rows;
}

/** KiB. */
async function perConnection(server, { kind, path }, load, crowd) {
  const { port } = server;
  // Code, pools and buffers that the first connections bring with them are not theirs. These stay open, so that nothing
  // they held is used again.
  await load.run('enter', { kind, port, path, clients: Math.ceil(crowd / 5) });
  await sleep(SETTLE_MS);
  const before = await server.probe();
  await load.run('enter', { kind, port, path, clients: crowd });
  await sleep(SETTLE_MS);
  const after = await server.probe();
  const each = (bytes) => bytes / 1024 / crowd;
  return { rss: each(after.rss - before.rss), heap: each(after.heap - before.heap) };
}
