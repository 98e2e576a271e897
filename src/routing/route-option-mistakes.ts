import type { Middleware } from '../context/middleware.js';
import type { StartupMistake } from '../errors/startup-error.js';
import { ROUTE_METHODS } from './route-options.js';
import { type Route, routeName } from './route.js';

/** What a number of a route's options may be, both ends included. */
const RANGES: Readonly<Record<string, readonly [min: number, max: number]>> = {
  status: [200, 599],
  timeoutMs: [0, 86_400_000],
  maxBodyBytes: [0, Number.MAX_SAFE_INTEGER],
  heartbeatMs: [0, 3_600_000],
  retryMs: [0, 86_400_000],
  maxMessageBytes: [1, Number.MAX_SAFE_INTEGER],
};

/** Options that are lists of texts. One text alone would be searched for parts of itself: of an origin, that lets others in. */
const LISTS: ReadonlySet<string> = new Set(['tags', 'groups', 'protocols', 'origins']);

const DOCUMENTED = [
  'summary',
  'description',
  'tags',
  'deprecated',
  'hidden',
  'use',
  'groups',
  'timeoutMs',
  'accessLog',
];

const KNOWN: Readonly<Record<Route['protocol'], ReadonlySet<string>>> = {
  http: new Set([...DOCUMENTED, 'maxBodyBytes', 'status', 'response']),
  sse: new Set([...DOCUMENTED, 'maxBodyBytes', 'method', 'heartbeatMs', 'retryMs', 'data']),
  websocket: new Set([
    ...DOCUMENTED,
    'on',
    'type',
    'protocols',
    'maxMessageBytes',
    'heartbeatMs',
    'compress',
    'origins',
    'resume',
  ]),
};

const MOMENTS: readonly unknown[] = ['upgrade', 'open', 'message', 'close', 'error'];

/**
 * What is wrong with the options of a route. A limit that is no number would silently be no limit at all
 * (body-parser's CVE-2026-12590), and a name misspelt would do nothing: the compiler sees both, plain JavaScript neither.
 */
export function routeOptionMistakes(route: Route): StartupMistake[] {
  const at = { where: routeName(route), file: route.file };
  const mistakes: StartupMistake[] = [];
  for (const [name, value] of Object.entries(route.options) as [string, unknown][]) {
    const known = KNOWN[route.protocol];
    if (!known.has(name)) {
      mistakes.push({
        ...at,
        problem: `there is no option ${name} here`,
        remedy: `its options are ${[...known].join(', ')}`,
      });
      continue;
    }
    if (value === undefined) continue;
    if (LISTS.has(name) && !isListOfTexts(value)) {
      const problem = `option ${name}: ${shown(value)} is not allowed`;
      mistakes.push({ ...at, problem, remedy: `give a list of texts: \`${name}: ['…']\`` });
    }
    if (name === 'use') mistakes.push(...useMistakes(value).map((each) => ({ ...at, ...each })));
    const range = RANGES[name];
    if (range === undefined || isIn(value, range)) continue;
    const [min, max] = range;
    const most = max === Number.MAX_SAFE_INTEGER ? '2^53-1' : max;
    const problem = `option ${name}: ${shown(value)} is not allowed`;
    mistakes.push({ ...at, problem, remedy: `give a whole number from ${min} to ${most}` });
  }
  if (route.protocol === 'websocket')
    mistakes.push(...resumeMistakes(route.options.resume).map((each) => ({ ...at, ...each })));
  if (route.protocol === 'websocket' && !MOMENTS.includes(route.on)) {
    const problem = `option on: ${route.on} is no moment of a connection`;
    mistakes.push({ ...at, problem, remedy: `give one of ${MOMENTS.join(', ')}` });
  }
  if (route.protocol !== 'websocket')
    mistakes.push(...methodMistakes(route.methods).map((each) => ({ ...at, ...each })));
  return mistakes;
}

/** What is wrong with an option `use` as a whole, of the application, a controller or a route: it is a list. */
export function useMistakes(use: unknown): { problem: string; remedy: string }[] {
  if (use === undefined || Array.isArray(use)) return [];
  return [
    { problem: `option use: ${shown(use)} is no list of middleware`, remedy: 'give a list: `use: [middleware]`' },
  ];
}

/** The middleware of an option `use`; of one that is no list, which is a mistake of its own, none. */
export function middlewareOf(use: readonly Middleware[] | undefined): readonly Middleware[] {
  return Array.isArray(use) ? (use as readonly Middleware[]) : [];
}

/** A route that names no method answers nothing; one that names another than these is refused by the router. */
function methodMistakes(methods: readonly string[]): { problem: string; remedy: string }[] {
  const allowed: readonly string[] = ROUTE_METHODS;
  const remedy = `give one or several of ${allowed.join(', ')}, or 'ALL'`;
  if (methods.length === 0) return [{ problem: 'it names no method', remedy }];
  return methods
    .filter((method) => !allowed.includes(method))
    .map((method) => ({ problem: `there is no method ${method} here`, remedy }));
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** A number as it is; of anything else its kind. */
function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (value === null) return 'null';
  return `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

/** The compiler sees them too, but for the range. */
function resumeMistakes(resume: unknown): { problem: string; remedy: string }[] {
  if (resume === undefined || typeof resume === 'boolean') return [];
  const remedy = 'give true, or { withinMs, identity }';
  if (typeof resume !== 'object' || resume === null) return [{ problem: 'option resume: it is no object', remedy }];
  const { withinMs, identity, ...others } = resume as Record<string, unknown>;
  const mistakes = Object.keys(others).map((name) => ({ problem: `there is no option resume.${name}`, remedy }));
  if (withinMs !== undefined && !isIn(withinMs, [1000, 3_600_000])) {
    const problem = 'option resume.withinMs is no whole number of milliseconds';
    mistakes.push({ problem, remedy: 'give a whole number from 1000 to 3600000' });
  }
  if (identity !== undefined && typeof identity !== 'function') {
    mistakes.push({ problem: 'option resume.identity is no function', remedy: 'give (context) => the identity' });
  }
  return mistakes;
}

function isIn(value: unknown, [min, max]: readonly [number, number]): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}
