// The chart of RESULTS.md: one panel a scenario, one bar a peer, its cost as a multiple of the floor's.
import { ratio } from './statistics.mjs';

const COLUMNS = 3;
const PANEL = { width: 330, gap: 24, title: 30, bar: 13, step: 18, label: 118, end: 44 };
const CUT = 8;

/** @returns the SVG's text. Light and dark pages alike: it brings its own background. */
export function chart({ scenarios, peers, about }) {
  const panels = Object.values(scenarios)
    .filter(({ rows }) => rows.floor?.cost?.length > 0 && rows.yunction?.cost?.length > 0)
    .map((scenario) => bars(scenario, peers));
  const rows = [];
  for (let index = 0; index < panels.length; index += COLUMNS) rows.push(panels.slice(index, index + COLUMNS));
  let y = 56;
  const drawn = rows.map((row) => {
    const top = y;
    y += PANEL.title + Math.max(...row.map((panel) => panel.bars.length)) * PANEL.step + PANEL.gap;
    return row.map((panel, column) => drawPanel(panel, PANEL.gap + column * (PANEL.width + PANEL.gap), top)).join('');
  });
  const width = PANEL.gap + COLUMNS * (PANEL.width + PANEL.gap);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" role="img" font-family="system-ui, sans-serif" font-size="11">
<title>Cost of each peer as a multiple of the floor's, by scenario</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${PANEL.gap}" y="26" font-size="16" font-weight="600" fill="#1f2430">Cost as a multiple of bare node:http + ws + busboy (shorter is better)</text>
<text x="${PANEL.gap}" y="43" fill="#666d7a">Median, p10–p90 as a line (${escape(about.settings)}); the dashed line is the floor, bars end at ${CUT}×</text>
${drawn.join('')}</svg>
`;
}

function bars({ title, rows }, peers) {
  const found = peers
    .filter(({ name }) => name !== 'floor' && rows[name]?.cost?.length > 0 && rows[name].failure === undefined)
    .map(({ name, label }) => ({
      label,
      mine: name.startsWith('yunction'),
      ...ratio(rows[name].cost, rows.floor.cost),
    }))
    .filter(({ median }) => Number.isFinite(median) && median > 0);
  return { title, bars: found };
}

function drawPanel({ title, bars: list }, x, y) {
  const span = PANEL.width - PANEL.label - PANEL.end;
  const longest = Math.min(CUT, Math.max(1.5, ...list.map(({ median }) => median)));
  const at = (value) => x + PANEL.label + (Math.min(Math.max(value, 0), longest) / longest) * span;
  const top = y + PANEL.title;
  const bottom = top + list.length * PANEL.step;
  const lines = list.map(({ label, mine, median, p10, p90 }, index) => {
    const line = top + index * PANEL.step;
    const middle = line + PANEL.bar / 2;
    return `<text x="${x + PANEL.label - 6}" y="${middle + 4}" text-anchor="end" fill="#1f2430"${mine ? ' font-weight="600"' : ''}>${escape(short(label))}</text>
<rect x="${at(0)}" y="${line}" width="${(at(median) - at(0)).toFixed(1)}" height="${PANEL.bar}" rx="2" fill="${mine ? '#c8452f' : '#8fa3b8'}"/>
<path d="M${at(p10).toFixed(1)} ${middle}H${at(p90).toFixed(1)}" stroke="#1f2430" stroke-width="1.2"/>
<text x="${(Math.max(at(median), at(p90)) + 5).toFixed(1)}" y="${middle + 4}" fill="#1f2430">${median.toFixed(median < 10 ? 2 : 0)}</text>
`;
  });
  return `<text x="${x}" y="${y + 18}" font-weight="600" fill="#1f2430">${escape(title)}</text>
<path d="M${at(1).toFixed(1)} ${top - 4}V${bottom}" stroke="#b9bfc9" stroke-dasharray="3 2"/>
${lines.join('')}`;
}

const short = (label) => (label.startsWith('@cloudbase') ? 'functions-framework' : label);
const escape = (text) =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]);
