// The common part of all scenarios with load: servers up, answers checked, warmed up, then rounds A B C … A B C … in
// which each server does its own fixed amount of work and is asked what CPU time it took.

/**
 * @param scenario `check(server, peer, load)` once; `enter` and `leave` around each measurement, unmeasured;
 * `work(server, peer, load, count)` → `{ units, seconds, milliseconds? }`, measured.
 * @returns for each peer `{ cost: µs of server CPU a unit, by round, rate: units a second, latency?, failure? }`
 */
export async function throughput(scenario, { peers, load, settings, servers, say }) {
  const { name } = scenario;
  const rows = {};
  const taking = [];
  try {
    for (const peer of peers) {
      if (!peer.scenarios.includes(name)) continue;
      rows[peer.name] = { cost: [], rate: [], latency: [] };
      const server = await servers.take(peer);
      const part = { peer, server, row: rows[peer.name], count: 0 };
      taking.push(part);
      await attempt(part, async () => {
        await servers.ready(server);
        await scenario.check(server, peer, load);
        part.count = await warmUp(scenario, part, load, settings);
      });
    }
    for (let round = 0; round < (scenario.rounds ?? settings.rounds); round++) {
      say(`${name}: round ${round + 1}`);
      for (const part of taking) {
        if (part.row.failure === undefined) await attempt(part, () => measure(scenario, part, load));
      }
    }
  } finally {
    await Promise.all(taking.map(({ peer, server, row }) => servers.giveBack(peer, server, row.failure !== undefined)));
  }
  return rows;
}

/** A peer that fails takes no further part; the run goes on and says so. */
async function attempt(part, act) {
  try {
    await act();
  } catch (error) {
    part.row.failure = `${error.message} ${part.server.complaint()}`.trim().slice(0, 600);
  }
}

/** Works until the speed is known, and longer: the compiler needs some time. Resolves to the amount for one round. */
async function warmUp(scenario, { peer, server }, load, { sliceMs, warmUpMs }) {
  await scenario.enter?.(server, peer, load);
  try {
    let count = scenario.least ?? 32;
    for (let spent = 0; ; ) {
      const { seconds } = await scenario.work(server, peer, load, count);
      spent += seconds * 1000;
      const perSlice = Math.max(scenario.least ?? 32, Math.round((count * sliceMs) / (seconds * 1000)));
      // A short run says little of the speed: its connections are new, or the load is not warm.
      if (spent >= warmUpMs && seconds * 1000 >= sliceMs / 2) return perSlice;
      count = Math.min(count * 4, Math.max(count, perSlice));
    }
  } finally {
    await scenario.leave?.(server, peer, load);
  }
}

async function measure(scenario, { peer, server, row, count }, load) {
  await scenario.enter?.(server, peer, load);
  try {
    const before = await server.probe();
    const { units, seconds, milliseconds = [] } = await scenario.work(server, peer, load, count);
    const after = await server.probe();
    row.cost.push((after.cpuUs - before.cpuUs) / units);
    row.rate.push(units / seconds);
    row.latency.push(...milliseconds);
  } finally {
    await scenario.leave?.(server, peer, load);
  }
}
