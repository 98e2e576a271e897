import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { OPTIONS } from '#src/options.js';
import { PLATFORMS } from '#src/platform/platform.js';
import { codeIn, MarkdownPage } from './markdown-page.js';

const page = new MarkdownPage('docs/operations.md');
const platforms = Object.values(PLATFORMS);

/** A value of a profile as the table has it. */
function cellOf(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(cellOf).join(' ');
  return typeof value === 'number' ? String(value) : `\`${String(value)}\``;
}

describe('docs/operations.md', () => {
  it('has every property of every platform as the source has it', () => {
    const rows = page.rows(['profile', ...platforms.map(({ name }) => `\`${name}\``)]);
    const properties = Object.keys(PLATFORMS.local).filter((name) => name !== 'name');
    assert.deepEqual(
      rows,
      properties.map((name) => [
        `\`${name}\``,
        ...platforms.map((platform) => cellOf(Object.entries(platform).find(([key]) => key === name)?.[1])),
      ]),
    );
  });

  it('names only options that exist, and the defaults that they have', () => {
    const rows = page.rows(['what', 'option', 'default', 'then']);
    assert.ok(rows.length > 10);
    const shown: Readonly<Record<string, (value: number) => string>> = {
      s: (value) => `${value / 1000} s`,
      KiB: (value) => `${value / 1024} KiB`,
      MiB: (value) => `${value / 1024 / 1024} MiB`,
    };
    for (const [what, options = '', fallback = ''] of rows) {
      for (const each of options.split(', ')) {
        const option = Object.entries(OPTIONS).find(([name]) => name === codeIn(each))?.[1];
        assert.ok(option !== undefined, `${what}: ${each}`);
        const [, unit] = /^\d+ (s|KiB|MiB)\b/.exec(fallback) ?? [];
        if (/^\d+$/.test(fallback)) assert.equal(String(option.fallback), fallback, what);
        else if (unit !== undefined) assert.ok(fallback.startsWith(shown[unit]?.(Number(option.fallback)) ?? ''), what);
        else if (fallback === 'no limit') assert.equal(option.fallback, 0, what);
      }
    }
  });
});
