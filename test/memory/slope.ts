/** A straight line through samples: its slope, and the slope's standard error. */
export interface Slope {
  readonly perSecond: number;
  readonly error: number;
}

/** By least squares. @param samples seconds and values, at least three. */
export function slopeOf(samples: readonly (readonly [seconds: number, value: number])[]): Slope | undefined {
  const count = samples.length;
  if (count < 3) return undefined;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / count;
  const [x, y] = [mean(samples.map(([seconds]) => seconds)), mean(samples.map(([, value]) => value))];
  const spread = samples.reduce((sum, [seconds]) => sum + (seconds - x) ** 2, 0);
  const perSecond = samples.reduce((sum, [seconds, value]) => sum + (seconds - x) * (value - y), 0) / spread;
  const rest = samples.reduce((sum, [seconds, value]) => sum + (value - y - perSecond * (seconds - x)) ** 2, 0);
  return { perSecond, error: Math.sqrt(rest / (count - 2) / spread) };
}
