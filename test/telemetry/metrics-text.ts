import assert from 'node:assert/strict';

/** Samples by name and labels, as a strict reader of the text format sees them; it refuses what Prometheus refuses. */
export function readMetrics(text: string): Map<string, number> {
  assert.ok(text.endsWith('\n'));
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const [, named, type] = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary)$/.exec(line) ?? [];
    if (named !== undefined && type !== undefined) {
      assert.ok(!types.has(named), `${named} stands twice`);
      types.set(named, type);
      continue;
    }
    const sample = /^([a-zA-Z_:][\w:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*\})? (\S+)$/.exec(line);
    assert.ok(sample !== null, line);
    const [, name = '', labels = '', value] = sample;
    const family = types.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '');
    assert.ok(types.has(family), `${name} has no type`);
    assert.ok(Number.isFinite(Number(value)), line);
    assert.ok(!samples.has(name + labels), line);
    samples.set(name + labels, Number(value));
  }
  return samples;
}
