import { labelsText } from './metric-family.js';

/** Upper bounds in seconds: from a cached answer to a handler at its limit. Prometheus' usual ones, and 30. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** One series of a histogram: an observation is a few comparisons and three additions. */
class Series {
  /** Observations of each bucket alone, the last one without a bound; they are added up when they are shown. */
  readonly counts = Array.from({ length: BOUNDS.length + 1 }, () => 0);
  sum = 0;

  observe(seconds: number): void {
    let at = 0;
    while (at < BOUNDS.length && seconds > (BOUNDS[at] ?? 0)) at += 1;
    this.counts[at] = (this.counts[at] ?? 0) + 1;
    this.sum += seconds;
  }
}

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'OTHER'];
const OTHER = METHODS.length - 1;
const CLASSES = 5;

/**
 * Durations by route, method and class of status. Routes are declared paths, methods and classes are few, so the number
 * of series is bounded by the route table, whatever clients send.
 */
export class DurationHistogram {
  /** By route, then by method and class in one list: looking one up makes no text and no object. */
  readonly #routes = new Map<string, (Series | undefined)[]>();

  /** @param pattern the declared path; `undefined` where no route matched. */
  observe(pattern: string | undefined, method: string, status: number, seconds: number): void {
    const route = pattern ?? 'none';
    let series = this.#routes.get(route);
    if (series === undefined) this.#routes.set(route, (series = []));
    const known = METHODS.indexOf(method);
    const at = (known === -1 ? OTHER : known) * CLASSES + Math.floor(status / 100) - 1;
    (series[at] ??= new Series()).observe(seconds);
  }

  /** The samples in the text format, one line each. */
  samples(name: string): string[] {
    const lines: string[] = [];
    for (const [route, all] of this.#routes) {
      for (const [at, series] of all.entries()) {
        if (series === undefined) continue;
        const method = METHODS[Math.floor(at / CLASSES)] ?? 'OTHER';
        lines.push(...samplesOf(name, { method, route, status: `${(at % CLASSES) + 1}xx` }, series));
      }
    }
    return lines;
  }
}

function samplesOf(name: string, labels: Record<string, string>, { counts, sum }: Series): string[] {
  let below = 0;
  const lines = counts.map((count, at) => {
    below += count;
    return `${name}_bucket${labelsText({ le: String(BOUNDS[at] ?? '+Inf'), ...labels })} ${below}`;
  });
  const text = labelsText(labels);
  lines.push(`${name}_sum${text} ${sum}`, `${name}_count${text} ${below}`);
  return lines;
}
