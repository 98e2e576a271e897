import type { InstanceProcess } from './instance-process.js';
import { type Slope, slopeOf } from './slope.js';

/** What one process has used, in MiB: at most, at the end, and how it grew in the last third of its time. */
export interface MemoryReport {
  readonly seconds: number;
  readonly rss: Growth;
  /** In use after a collection. */
  readonly heap: Growth;
  /** Of that what V8 has made of the code. It goes on for minutes, as one function after the other is found to be hot. */
  readonly code: Growth;
  readonly sockets: Growth;
  /** Heap in MiB, and sockets, at ten moments. */
  readonly course: readonly (readonly [heap: number, sockets: number])[];
}

export interface Growth {
  readonly most: number;
  readonly last: number;
  readonly slope: Slope | undefined;
}

interface Memory {
  readonly rss: number;
  readonly heap: number;
  readonly code: number;
  /** Of clients and to Redis: what they need is in use, too. */
  readonly sockets: number;
}

/** Asks instances for their memory, each time after a collection. A process that is started anew begins a new line. */
export class MemorySamples {
  readonly #lines = new Map<string, [seconds: number, Memory][]>();
  readonly #instances: readonly InstanceProcess[];
  readonly #timer: NodeJS.Timeout;

  /** @param everyMs not often: a collection holds the instance up, and V8 drops code that is not called between two. */
  constructor(instances: readonly InstanceProcess[], everyMs: number) {
    this.#instances = instances;
    this.#timer = setInterval(() => {
      for (const instance of this.#instances) if (instance.ready) void this.#sample(instance);
    }, everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Of each instance the process that has lived longest. */
  reports(): MemoryReport[] {
    return this.#instances.map(({ port }) => {
      const lines = [...this.#lines].filter(([key]) => key.startsWith(`${port}:`)).map(([, line]) => line);
      const line = lines.sort((one, other) => other.length - one.length)[0] ?? [];
      const seconds = Math.round((line.at(-1)?.[0] ?? 0) - (line[0]?.[0] ?? 0));
      const [rss, heap, code] = [growthOf(line, 'rss'), growthOf(line, 'heap'), growthOf(line, 'code')];
      return { seconds, rss, heap, code, sockets: growthOf(line, 'sockets'), course: courseOf(line) };
    });
  }

  async #sample({ url, port, starts }: InstanceProcess): Promise<void> {
    try {
      const response = await fetch(`${url}/memory`, { signal: AbortSignal.timeout(5000) });
      if (!response.ok) return;
      const memory = (await response.json()) as Memory;
      const key = `${port}:${starts}`;
      const line = this.#lines.get(key) ?? [];
      this.#lines.set(key, line);
      line.push([performance.now() / 1000, memory]);
    } catch {
      return; // it went down meanwhile
    }
  }
}

function growthOf(line: readonly [seconds: number, Memory][], of: keyof Memory): Growth {
  const values = line.map(([seconds, memory]) => [seconds, memory[of]] as const);
  // V8 goes on compiling for minutes, and again when Redis fails for the first time; now it is left alone.
  const warm = values.slice(Math.floor((values.length * 2) / 3));
  return {
    most: Math.max(0, ...values.map(([, value]) => value)),
    last: values.at(-1)?.[1] ?? 0,
    slope: slopeOf(warm),
  };
}

function courseOf(line: readonly [seconds: number, Memory][]): [heap: number, sockets: number][] {
  const parts = line.length < 10 ? line.length : 10;
  return Array.from({ length: parts }, (_, part) => {
    const [, memory] = line[Math.ceil(((part + 1) * line.length) / parts) - 1] ?? [];
    return [memory?.heap ?? 0, memory?.sockets ?? 0];
  });
}
