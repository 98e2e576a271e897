// The figures that Yunction promises about itself, as ratios. `atMost` or `atLeast` where the promise is a number.
import { ratio, spread } from './statistics.mjs';

/** @param results what run.mjs writes. @returns {{ title, ratio?, atMost?, atLeast? }[]} without a ratio: not measured. */
export function targets({ scenarios }) {
  const rows = (scenario) => scenarios[scenario]?.rows ?? {};
  const usable = (row) => (row?.failure === undefined && row?.cost?.length > 0 ? row : undefined);
  const compare = (title, scenario, mine, other, more = {}, measure = 'cost') => {
    const [a, b] = [usable(rows(scenario)[mine]), usable(rows(scenario)[other])];
    return { title, ...more, ratio: a && b ? ratio(a[measure], b[measure]) : undefined };
  };
  const floor = (title, scenario, mine = 'yunction', measure = 'cost') =>
    compare(title, scenario, mine, 'floor', {}, measure);
  return [
    compare('Event: the libraries against compiled (times faster)', 'event', 'libraries', 'yunction', { atLeast: 100 }),
    compare('Event: compiled against Ajv (allErrors)', 'event', 'yunction', 'ajv', { atMost: 0.6 }),
    { ...floor('GET hello, server CPU against bare node:http', 'hello'), atMost: 1.1 },
    floor('GET path and query, server CPU against the floor with Ajv', 'query'),
    { ...floor('POST order, server CPU against the floor with Ajv', 'order'), atMost: 1 },
    { ...floor('POST invalid order, server CPU against the floor with Ajv', 'invalid'), atMost: 1.1 },
    floor('Upload, server CPU against busboy', 'upload'),
    { ...floor('SSE event, server CPU against the floor', 'sse'), atMost: 1.05 },
    floor('SSE fan-out, server CPU against the floor', 'fanout'),
    { ...floor('WebSocket round trip, server CPU against ws', 'echo'), atMost: 1.05 },
    floor('WebSocket broadcast, server CPU against ws', 'broadcast'),
    { ...floor('Memory of an idle event stream against the floor', 'memory-sse'), atMost: 1.2 },
    { ...floor('Memory of an idle WebSocket against ws', 'memory-ws'), atMost: 1.2 },
    { ...floor('Cold start of hello, CPU, against node:http + ws + busboy', 'cold-hello'), atMost: 1.2 },
    compare('Cold start of hello, CPU, against node:http alone', 'cold-hello', 'yunction', 'bare'),
    compare('Cold start of hello, packed, CPU, against node:http alone', 'cold-hello', 'yunction-packed', 'bare'),
    floor('Cold start to the first order, CPU, against node:http + ws + busboy', 'cold-order'),
    {
      ...floor('Cold start to the first order, packed, CPU, against the same', 'cold-order', 'yunction-packed'),
      atMost: 1,
    },
    {
      ...floor('Memory after the first answer (hello) against the floor', 'cold-hello', 'yunction', 'rss'),
      atMost: 1.1,
    },
    compare('Memory after the first answer (hello) against node:http alone', 'cold-hello', 'yunction', 'bare', {}, 'rss'),
    {
      ...floor('Memory after the first order, packed, against the floor', 'cold-order', 'yunction-packed', 'rss'),
      atMost: 1.1,
    },
  ];
}

/** The peer whose median is the lowest, Yunction and the floor apart. */
export function bestPeer(rows) {
  const medians = Object.entries(rows)
    .filter(([name, { cost, failure }]) => !/^(floor|bare|yunction)/.test(name) && failure === undefined && cost?.length > 0)
    .map(([name, { cost }]) => [name, spread(cost).median]);
  return medians.sort(([, a], [, b]) => a - b)[0]?.[0];
}
