// The figures that Yunction promises about itself, as ratios. `atMost` or `atLeast` where the promise is a number.
import { ratio, spread } from './statistics.mjs';

/** What the profiles and heap snapshots show of the targets that are out of reach so far; said where one is missed. */
const WHY = {
  event:
    'The rules alone take 0.4 of Ajv’s time; the rest makes the twelve instances, copied property by property as ' +
    'class-transformer does, which Ajv does not do.',
  order:
    'No function of Yunction’s own takes 3 % (JSON.parse and JSON.stringify apart, which the floor calls too). What it does ' +
    'beyond the floor (the route’s match, exchange and context, the checks of UTF-8, depth and forbidden keys) costs about ' +
    'what it saves by taking a short body without a stream and by compiled rules; from run to run it is above or below.',
  invalid:
    'The answer: 608 bytes (an RFC 9457 problem with a request’s id, and rule, place and message of each mistake) where ' +
    'the floor’s has 260. To make its text and to write it is half of the difference; the rest are the rules that find and ' +
    'word what is wrong, an error object for middleware, and the id.',
  'memory-sse':
    'Per stream: the exchange, its context, the stream, the subscription’s queue and what carries it into the stream. ' +
    'All else is node’s.',
  'memory-ws':
    'Per socket some 0.9 KiB: the connection and its context (0.4), its channel’s subscription and membership (0.2), the ' +
    'upgrade’s headers as one text (0.2), the order of its messages, and the sets that find it. ws’s own socket is 2.6 KiB.',
};

/**
 * @param results what run.mjs writes.
 * @returns {{ title, ratio?, atMost?, atLeast?, why? }[]} without a ratio: not measured.
 */
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
    compare('Event: compiled against Ajv (allErrors)', 'event', 'yunction', 'ajv', {
      atMost: 0.6,
      why: WHY.event,
    }),
    { ...floor('GET hello, server CPU against bare node:http', 'hello'), atMost: 1.1 },
    floor('GET path and query, server CPU against the floor with Ajv', 'query'),
    { ...floor('POST order, server CPU against the floor with Ajv', 'order'), atMost: 1, why: WHY.order },
    { ...floor('POST invalid order, server CPU against the floor with Ajv', 'invalid'), atMost: 1.1, why: WHY.invalid },
    floor('Upload, server CPU against busboy', 'upload'),
    { ...floor('SSE event, server CPU against the floor', 'sse'), atMost: 1.05 },
    floor('SSE fan-out, server CPU against the floor', 'fanout'),
    { ...floor('WebSocket round trip, server CPU against ws', 'echo'), atMost: 1.05 },
    floor('WebSocket broadcast, server CPU against ws', 'broadcast'),
    { ...floor('Memory of an idle event stream against the floor', 'memory-sse'), atMost: 1.2, why: WHY['memory-sse'] },
    { ...floor('Memory of an idle WebSocket against ws', 'memory-ws'), atMost: 1.2, why: WHY['memory-ws'] },
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
