import { type HeapSnapshot, type Made, takeSnapshot } from './heap-snapshot.js';
import { type Slope, slopeOf } from './slope.js';

/** Between two samples: a snapshot holds a process up for a second or two. */
export const SAMPLE_MS = 20_000;

/** Of a run, what comes before counts as warming up. */
const WARM_UP = 0.4;

/** Seconds after which nothing is open that was then: connections of the soak are ended after 20 s, of the fuzzer sooner. */
const LONG_AGO = 60;

/** Fewer samples tell nothing. */
const LEAST_SAMPLES = 5;

/** Bytes a minute by which a heap may grow without code: 0.1 MB. */
const MOST_DATA = 100_000;

/** And by which code may. V8 makes and drops some hundred KiB of it in a minute, without Yunction too. */
const MOST_CODE = 500_000;

/** Bytes that may stay of what a minute has made: half of them do without Yunction, too (docs/realtime.md). */
const MOST_KEPT = 4096;

type Sample = Pick<HeapSnapshot, 'code' | 'data' | 'last'> & { readonly seconds: number };

interface Kept extends Made {
  readonly minutes: number;
  /**
   * Bytes of a minute, the median: what leaks does so all the time. A connection to Redis that takes the place of another
   * does not.
   */
  readonly aMinute: number;
}

/** A heap after collections, from sample to sample, and whether it grows. */
export class HeapCourse {
  readonly #samples: Sample[] = [];
  /** What has come since each sample and is there in the last one. */
  #since: readonly Made[] = [];

  /** Takes a snapshot's file in, and deletes it. One at a time, in order. */
  async take(seconds: number, file: string): Promise<void> {
    this.add(
      seconds,
      await takeSnapshot(
        file,
        this.#samples.map(({ last }) => last),
      ),
    );
  }

  add(seconds: number, { code, data, last, since }: HeapSnapshot): void {
    this.#samples.push({ seconds, code, data, last });
    this.#since = since;
  }

  /** That it grows; empty: it does not, or there is too little to tell. */
  failures(): string[] {
    const failures: string[] = [];
    for (const [what, of, most] of [['data', dataOf, MOST_DATA] as const, ['code', codeOf, MOST_CODE] as const]) {
      const slope = this.#slope(of);
      // Certain but for once in forty times.
      if (slope === undefined || (slope.perSecond - 2 * slope.error) * 60 <= most) continue;
      failures.push(`the heap’s ${what} grows by ${perMinute(slope)}`);
    }
    const kept = this.#kept();
    if (kept !== undefined && kept.aMinute > MOST_KEPT) {
      failures.push(`of what a minute has made ${kib(kept.aMinute)} stay: ${nameThem(kept.what)}`);
    }
    return failures;
  }

  /** In words. */
  toString(): string {
    if (this.#samples.length === 0) return 'too short to tell of the heap';
    const line = (what: string, of: (sample: Sample) => number) => {
      const values = this.#samples.map((sample) => (of(sample) / 2 ** 20).toFixed(2));
      const slope = this.#slope(of);
      return `${what} ${slope === undefined ? '' : `${perMinute(slope)}: `}${values.join(' ')} MiB`;
    };
    const kept = this.#kept();
    return [
      line('heap', heapOf),
      line('  of it code', codeOf),
      line('  of it data', dataOf),
      kept === undefined
        ? 'too short to tell what is kept'
        : `of what was made in ${kept.minutes.toFixed(1)} minutes ${kib(kept.bytes)} stay, ${kib(kept.aMinute)} of most minutes: ` +
          nameThem(kept.what),
    ].join('\n');
  }

  get #warm(): readonly Sample[] {
    const [first = 0, last = 0] = [this.#samples[0]?.seconds, this.#samples.at(-1)?.seconds];
    return this.#samples.filter(({ seconds }) => seconds >= first + (last - first) * WARM_UP);
  }

  #slope(of: (sample: Sample) => number): Slope | undefined {
    const warm = this.#warm;
    return warm.length < LEAST_SAMPLES ? undefined : slopeOf(warm.map((sample) => [sample.seconds, of(sample)]));
  }

  /** What was made when all was warm, long before the last sample, and is there in that. */
  #kept(): Kept | undefined {
    const warm = this.#warm;
    const now = warm.at(-1)?.seconds ?? 0;
    const old = warm.filter(({ seconds }) => seconds <= now - LONG_AGO);
    const [begin, end] = [old[0], old.at(-1)];
    if (warm.length < LEAST_SAMPLES || begin === undefined || end === undefined || begin === end) return undefined;
    const all = this.#since.slice(this.#samples.indexOf(begin), this.#samples.indexOf(end));
    const byName = new Map<string, [count: number, bytes: number]>();
    for (const [name, count, bytes] of all.flatMap(({ what }) => what)) {
      const [counted, sum] = byName.get(name) ?? [0, 0];
      byName.set(name, [counted + count, sum + bytes]);
    }
    const rates = all.map(({ bytes }, at) => (bytes * 60) / ((old[at + 1]?.seconds ?? 0) - (old[at]?.seconds ?? 0)));
    return {
      minutes: (end.seconds - begin.seconds) / 60,
      bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
      aMinute: rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0,
      what: [...byName].map(([name, [count, bytes]]) => [name, count, bytes] as const).toSorted((a, b) => b[2] - a[2]),
    };
  }
}

function codeOf({ code }: Sample): number {
  return code;
}

function dataOf({ data }: Sample): number {
  return data;
}

function heapOf({ code, data }: Sample): number {
  return code + data;
}

function perMinute({ perSecond, error }: Slope): string {
  return `${((perSecond * 60) / 1024).toFixed(1)} ± ${kib(error * 60)} a minute`;
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}

function nameThem(what: Made['what']): string {
  return what
    .slice(0, 8)
    .map(([name, count, bytes]) => `${count} × ${name} (${bytes} B)`)
    .join(', ');
}
