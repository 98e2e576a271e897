// From the figures of a run to RESULTS.md and its chart. By itself: node report.mjs <figures.json> <folder>
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chart } from './chart.mjs';
import { ratio, spread } from './statistics.mjs';
import { bestPeer, targets } from './targets.mjs';

/** Writes RESULTS.md and RESULTS.svg. */
export function report(results, folder) {
  writeFileSync(join(folder, 'RESULTS.svg'), chart(results));
  writeFileSync(join(folder, 'RESULTS.md'), page(results));
}

function page(results) {
  const { about, notes, scenarios } = results;
  return [
    '# Results of the benchmark',
    `Written by \`npm run bench\`; how it measures, and what the peers are, is in [README.md](README.md).`,
    `${about.date}; Node ${about.node}; ${about.cpu}, ${about.cores} cores; ${about.pinned ? 'server and load pinned to a core each' : '**not pinned**: the figures are noisier'}; ${about.settings}.`,
    'Yunction and its peers: ' + about.versions.map(({ name, version }) => `${name} ${version}`).join(', ') + '.',
    notes.map((note) => `> ${note}`).join('\n>\n'),
    '## Yunction at a glance',
    glance(results),
    'Times and sizes as a share of the other’s: below 1 is less, so better. Median of the rounds’ ratios (p10–p90).',
    '![Cost of each peer as a multiple of the floor’s, by scenario](RESULTS.svg)',
    '## Targets',
    targetTable(results),
    ...Object.entries(scenarios).flatMap(([name, scenario]) => [
      `## ${scenario.title}`,
      table(name, scenario, results),
    ]),
    '',
  ]
    .filter((part) => part !== undefined && part !== '')
    .join('\n\n')
    .concat('\n');
}

const row = (...cells) => `| ${cells.join(' | ')} |`;
const header = (...cells) => `${row(...cells)}\n|${cells.map((_, index) => (index === 0 ? '---' : '---:')).join('|')}|`;

function glance({ scenarios, peers }) {
  const lines = Object.values(scenarios)
    .filter(({ rows }) => rows.yunction?.cost?.length > 0 && rows.yunction.failure === undefined)
    .map(({ title, rows }) => {
      const best = bestPeer(rows);
      return row(
        title,
        against(rows.yunction, rows.floor),
        best === undefined
          ? '–'
          : `${against(rows.yunction, rows[best])}, ${rows[best].label ?? peers.find(({ name }) => name === best).label}`,
      );
    });
  return [header('', 'to the floor', 'to the best peer'), ...lines].join('\n');
}

function isMet({ ratio: found, atMost, atLeast }) {
  if (found?.median === undefined) return undefined;
  if (atMost !== undefined) return found.median <= atMost;
  return atLeast === undefined ? undefined : found.median >= atLeast;
}

function targetTable(results) {
  const all = targets(results);
  const lines = all.map((target) => {
    const { title, ratio: found, atMost, atLeast } = target;
    const aim = atMost !== undefined ? `at most ${atMost}` : atLeast !== undefined ? `at least ${atLeast}` : '';
    if (found?.median === undefined) return row(title, aim, 'not measured', '');
    const met = isMet(target);
    return row(title, aim, range(found), met === undefined ? '' : met ? 'met' : '**missed**');
  });
  const reasons = all.filter((target) => target.why !== undefined && isMet(target) === false);
  const misses = reasons.map(({ title, why }) => `- ${title}: ${why}`);
  const table = [header('', 'target', 'measured', ''), ...lines].join('\n');
  return misses.length === 0 ? table : [table, 'What is known of those that are missed:', misses.join('\n')].join('\n\n');
}

const HELD = {
  cost: 'KiB of heap and buffers per connection',
  extra: ['KiB resident', ({ resident }) => range(spread(resident))],
};

/** What the figures of a scenario are called, and what stands beside them. */
const FORMS = {
  event: { cost: 'CPU, ns per order' },
  'memory-sse': HELD,
  'memory-ws': HELD,
  install: { cost: 'MiB', extra: ['packages', ({ packages }) => packages || '1 file'] },
  'cold-hello': { cost: 'CPU ms', extra: ['wall ms', ({ wall }) => number(spread(wall).median)], memory: true },
  'cold-order': { cost: 'CPU ms', extra: ['wall ms', ({ wall }) => number(spread(wall).median)], memory: true },
  fanout: { extra: ['ms to the last', ({ latency }) => range(spread(latency))] },
  broadcast: { extra: ['ms to the last', ({ latency }) => range(spread(latency))] },
};

function table(name, { rows, unit }, { peers }) {
  const {
    cost = `server CPU, µs per ${unit}`,
    extra = [`${unit}s a second`, ({ rate }) => number(spread(rate).median)],
    memory,
  } = FORMS[name] ?? {};
  const best = bestPeer(rows);
  const [extraTitle, extraOf] = name === 'event' ? [] : extra;
  const titles = [
    '',
    cost,
    ...(extraTitle ? [extraTitle] : []),
    ...(memory ? ['MiB resident'] : []),
    '× floor',
    '× best peer',
  ];
  const order =
    name === 'event'
      ? Object.keys(rows).map((way) => ({ name: way, label: rows[way].label }))
      : peers.filter((peer) => rows[peer.name] !== undefined || peer.name !== 'yunction-packed');
  const lines = order.map((peer) => {
    const found = rows[peer.name];
    const label = peer.name.startsWith('yunction') ? `**${peer.label}**` : peer.label;
    if (found === undefined) return row(label, ...titles.slice(1).map(() => '–'));
    if (found.failure !== undefined) return row(label, 'failed, see below', ...titles.slice(2).map(() => '–'));
    return row(
      label,
      range(spread(found.cost)),
      ...(extraTitle ? [extraOf(found)] : []),
      ...(memory ? [range(spread(found.rss))] : []),
      against(found, rows.floor),
      best === undefined ? '–' : against(found, rows[best]),
    );
  });
  const failures = order.filter((peer) => rows[peer.name]?.failure !== undefined);
  const reasons = failures.map(
    ({ name: peer, label }) => `${label} failed: \`${rows[peer].failure.replace(/[`\n]+/g, ' ')}\``,
  );
  return [[header(...titles), ...lines].join('\n'), ...reasons].join('\n\n');
}

const usable = (found) => found?.failure === undefined && found?.cost?.length > 0;
const against = (mine, other) => (usable(mine) && usable(other) ? range(ratio(mine.cost, other.cost)) : '–');

function range({ median, p10, p90 }) {
  if (median === undefined) return '–';
  return p10 === p90 ? number(median) : `${number(median)} (${number(p10)}–${number(p90)})`;
}

/** Three significant digits, no exponent. */
function number(value) {
  if (value === undefined || !Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toPrecision(3);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , figures, folder = '.'] = process.argv;
  if (figures === undefined) throw new Error('node report.mjs <figures.json> [folder]');
  report(JSON.parse(readFileSync(figures, 'utf8')), folder);
}
