// The load generator: a process of its own, on a core of its own, that does one job after another.
import { ask } from './ask.mjs';
import { httpLoad } from './http-load.mjs';
import { sseClients, sseStreams } from './sse-load.mjs';
import { roundTrips, socketClients } from './socket-load.mjs';

const groups = [];

/**
 * Keeps this process from sleeping while it loads a server with requests. To wake a sleeping process costs the one that
 * writes to it, on a virtual machine 10 µs and more an answer; it would pay that or not, depending on which of the two is
 * quicker.
 */
function keepAwake() {
  let awake = true;
  const spin = () => {
    if (awake) setImmediate(spin);
  };
  spin();
  return () => {
    awake = false;
  };
}

async function wideAwake(work) {
  const sleep = keepAwake();
  try {
    return await work();
  } finally {
    sleep();
  }
}

const JOBS = {
  http: (job) => wideAwake(() => httpLoad(job)),
  streams: (job) => wideAwake(() => sseStreams(job)),
  /** Opens connections, beside those that are open, and keeps them until `leave`. */
  async enter({ kind, ...job }) {
    groups.push(await (kind === 'sse' ? sseClients(job) : socketClients(job)));
  },
  async leave() {
    for (const group of groups.splice(0)) group.close();
  },
  trips: (job) => wideAwake(() => roundTrips(groups[0], job)),
  /** Publishes `count` messages, each when the last has reached everybody. Resolves to the milliseconds of each. */
  async publish({ count, clients, port, request, message }) {
    const [group] = groups;
    const milliseconds = [];
    for (let published = 0; published < count; published++) {
      const wanted = group.received + clients;
      const begin = performance.now();
      const reached = new Promise((resolve) => {
        group.onEvent = () => {
          if (group.received >= wanted) resolve();
        };
      });
      if (message === undefined) await ask(port, { ...request, bytes: Buffer.from(request.bytes, 'base64') });
      else group.sockets[0].send(message);
      await reached;
      milliseconds.push(performance.now() - begin);
    }
    return { milliseconds };
  },
};

process.on('message', ({ job, args }) => {
  JOBS[job](args).then(
    (result) => process.send({ result }),
    (error) => process.send({ error: error.message }),
  );
});
process.on('disconnect', () => process.exit());
