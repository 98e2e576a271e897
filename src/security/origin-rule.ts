import type { HttpContext } from '../context/http-context.js';
import { optionMistake } from './option-mistake.js';

/**
 * Which origins are meant: one (`https://app.example.com`), those of all subdomains (`https://*.example.com`, or
 * `*.example.com` for https), those that a regular expression matches from their first to their last character, or
 * those that a function accepts.
 */
export type OriginRule = string | RegExp | ((origin: string, context: HttpContext) => boolean | Promise<boolean>);

/** Whether an `Origin` is meant by any of the rules. A promise only where a function gives one. */
export type OriginTest = (origin: string, context: HttpContext) => boolean | Promise<boolean>;

/** One label of a host name or several. */
const SUBDOMAINS = '[a-z0-9-]+(?:\\.[a-z0-9-]+)*';

/**
 * Reads rules, once.
 * @throws StartupError for a text that no browser sends as an origin, such as one with a path.
 */
export function originTest(where: string, rules: OriginRule | readonly OriginRule[]): OriginTest {
  const exact = new Set<string>();
  const patterns: RegExp[] = [];
  const functions: OriginTest[] = [];
  for (const rule of typeof rules === 'object' && !(rules instanceof RegExp) ? rules : [rules]) {
    if (typeof rule === 'function') functions.push(rule);
    else if (rule instanceof RegExp) patterns.push(wholly(rule));
    else if (typeof rule === 'string' && rule.includes('*')) patterns.push(subdomainsOf(where, rule));
    else exact.add(checkOrigin(where, rule));
  }
  const isListed = (origin: string) => exact.has(origin) || patterns.some((pattern) => pattern.test(origin));
  if (functions.length === 0) return isListed;
  return async (origin, context) => {
    if (isListed(origin)) return true;
    for (const accepts of functions) if (await accepts(origin, context)) return true;
    return false;
  };
}

/** An expression that must match all: `/example\.com/` would let https://example.com.evil.org in. */
export function wholly(pattern: RegExp): RegExp {
  return new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gy]/g, ''));
}

/** An origin that nobody has: an expression that matches it matches anything. */
const NOBODY = 'https://nobody-has-this-name-0f3a.invalid';

/**
 * Whether rules let everybody's pages in: a star, an expression without bounds, or `null`, which is the origin of a
 * sandboxed frame on any page. What a function says is not known.
 */
export function isForEverybody(rules: OriginRule | readonly OriginRule[]): boolean {
  const list = typeof rules === 'object' && !(rules instanceof RegExp) ? rules : [rules];
  return list.some((rule) => {
    if (rule instanceof RegExp) return [NOBODY, 'null'].some((origin) => wholly(rule).test(origin));
    return rule === '*' || rule === 'null';
  });
}

function subdomainsOf(where: string, rule: string): RegExp {
  const [, scheme = 'https://', host] = /^(https?:\/\/)?\*\.([a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d+)?)$/.exec(rule) ?? [];
  if (host === undefined) {
    const remedy = 'write https://*.example.com, a regular expression or a function';
    throw optionMistake(where, `it cannot read the pattern ${JSON.stringify(rule)}`, remedy);
  }
  return new RegExp(`^${scheme}${SUBDOMAINS}\\.${host.replaceAll('.', '\\.')}$`);
}

function checkOrigin(where: string, rule: unknown): string {
  if (typeof rule === 'string' && (rule === 'null' || originOf(rule) === rule)) return rule;
  const known = typeof rule === 'string' ? originOf(rule) : undefined;
  const remedy = known === undefined ? 'write https://app.example.com' : `write ${known}`;
  throw optionMistake(where, `${JSON.stringify(rule)} is no origin`, remedy);
}

function originOf(text: string): string | undefined {
  try {
    const { origin } = new URL(text);
    return origin === 'null' ? undefined : origin;
  } catch {
    return undefined;
  }
}
