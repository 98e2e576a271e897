/** The value below which this share of the values lies, interpolated. `undefined` without values. */
export function quantile(values, share) {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

/** Median, p10 and p90. */
export function spread(values) {
  return { median: quantile(values, 0.5), p10: quantile(values, 0.1), p90: quantile(values, 0.9) };
}

/**
 * The ratio of two rows of one run. Round by round, as the rounds of both lie side by side in time: what slows the
 * machine for a while slows both.
 */
export function ratio(values, others) {
  const rounds = Math.min(values.length, others.length);
  const ratios = values.slice(0, rounds).map((value, round) => value / others[round]);
  // Where one is too small to be measured there is no ratio.
  return spread(ratios.filter((value) => Number.isFinite(value) && value > 0));
}
