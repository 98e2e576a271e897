// Event streams and WebSockets: many events to few, one event to many, round trips.
import { ask } from '../load/ask.mjs';
import { REQUESTS } from './requests.mjs';
import { throughput } from './throughput.mjs';

const STREAMS = 32;
const SOCKETS = 100;
const TEXT = 'hello, everybody';

export const LIVE_SCENARIOS = [
  {
    name: 'sse',
    title: `SSE, many events to ${STREAMS} clients`,
    unit: 'event',
    run: (bench) => throughput(streams, bench),
  },
  {
    name: 'fanout',
    title: 'SSE, one event to all of 1,000 clients',
    unit: 'delivery',
    run: (bench) => throughput(toAll('fanout', 'sse', '/sse/room', bench.settings), bench),
  },
  {
    name: 'echo',
    title: `WebSocket round trips, ${SOCKETS} connections`,
    unit: 'round trip',
    run: (bench) => throughput(echo, bench),
  },
  {
    name: 'broadcast',
    title: 'WebSocket, one message to all of 1,000 connections',
    unit: 'delivery',
    run: (bench) => throughput(toAll('broadcast', 'ws', '/ws/room', bench.settings), bench),
  },
];

const streams = {
  name: 'sse',
  least: STREAMS * 100,
  check: async ({ port }, _peer, load) => {
    const { events } = await load.run('streams', { port, path: '/sse/count?count=50', clients: 2 });
    if (events !== 100) throw new Error(`${events} events came instead of 100`);
  },
  async work({ port }, _peer, load, count) {
    const each = Math.ceil(count / STREAMS);
    const { events, seconds } = await load.run('streams', { port, path: `/sse/count?count=${each}`, clients: STREAMS });
    if (events !== each * STREAMS) throw new Error(`${events} events came instead of ${each * STREAMS}`);
    return { units: events, seconds };
  },
};

const echo = {
  name: 'echo',
  least: SOCKETS,
  async check({ port }, peer, load) {
    await load.run('enter', { kind: 'ws', port, path: '/ws/echo', clients: 2 });
    await load.run('trips', { message: peer.say(TEXT), expect: peer.said(TEXT), count: 4 });
    await load.run('leave', {});
  },
  enter: ({ port }, _peer, load) => load.run('enter', { kind: 'ws', port, path: '/ws/echo', clients: SOCKETS }),
  leave: (_server, _peer, load) => load.run('leave', {}),
  async work(_server, peer, load, count) {
    const { seconds } = await load.run('trips', { message: peer.say(TEXT), expect: peer.said(TEXT), count });
    return { units: count, seconds };
  },
};

function toAll(name, kind, path, { crowd, crowdRounds, publications }) {
  const { bytes, status } = REQUESTS.publish;
  const request = { name: 'publish', bytes: bytes.toString('base64'), status };
  const leave = (_server, _peer, load) => load.run('leave', {});
  const publish = ({ port }, peer, load, clients, count) =>
    load.run('publish', { count, clients, port, ...(kind === 'sse' ? { request } : { message: peer.say(TEXT) }) });
  return {
    name,
    rounds: crowdRounds,
    least: publications,
    async check(server, peer, load) {
      if (kind === 'sse') await ask(server.port, REQUESTS.publish);
      await load.run('enter', { kind, port: server.port, path, clients: 2 });
      await publish(server, peer, load, 2, 2);
      await leave(server, peer, load);
    },
    enter: ({ port }, _peer, load) => load.run('enter', { kind, port, path, clients: crowd }),
    leave,
    async work(server, peer, load, count) {
      const { milliseconds } = await publish(server, peer, load, crowd, count);
      const sum = milliseconds.reduce((total, value) => total + value, 0);
      return { units: count * crowd, seconds: sum / 1000, milliseconds };
    },
  };
}
