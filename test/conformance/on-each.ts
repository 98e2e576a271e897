/** One difference that shows in many rows alike. */
export function onEach(
  rows: readonly string[],
  difference: Readonly<Record<string, string>>,
): Record<string, Readonly<Record<string, string>>> {
  return Object.fromEntries(rows.map((row) => [row, difference]));
}
