import { HeapCourse, SAMPLE_MS } from '../memory/heap-course.js';
import { type Slope, slopeOf } from '../memory/slope.js';
import type { InstanceProcess } from './instance-process.js';

/** What one process has used. */
export interface MemoryReport {
  readonly seconds: number;
  /** MiB. */
  readonly rss: Growth;
  /** In use after a collection, in MiB. */
  readonly heap: Growth;
  readonly sockets: Growth;
  /** Of a process that was never ended: what its heap consists of. */
  readonly course: HeapCourse | undefined;
}

/** At most, at the end, and how it grew in the last third of its time. */
export interface Growth {
  readonly most: number;
  readonly last: number;
  readonly slope: Slope | undefined;
}

/** What an instance tells of itself. */
export interface Memory {
  readonly rss: number;
  readonly heap: number;
  /** Of clients and to Redis: what they need is in use, too. */
  readonly sockets: number;
}

type Line = (readonly [seconds: number, Memory])[];

/** Asks instances for their memory, each time after a collection. A process that is started anew begins a new line. */
export class MemorySamples {
  readonly #lines = new Map<string, Line>();
  readonly #courses = new Map<InstanceProcess, HeapCourse>();
  readonly #instances: readonly InstanceProcess[];
  /** Those that have not answered yet: one that is held up is not asked again. */
  readonly #asked = new Set<InstanceProcess>();
  readonly #timer: NodeJS.Timeout;

  /**
   * @param spared of these, those that are never ended: of them a snapshot is taken, too. A collection holds an instance
   * up, and V8 drops code that is not called between two; so neither is done often.
   */
  constructor(instances: readonly InstanceProcess[], spared: number, seconds: number) {
    this.#instances = instances;
    for (const instance of instances.slice(0, spared)) this.#courses.set(instance, new HeapCourse());
    const everyMs = spared > 0 ? SAMPLE_MS : Math.min(10_000, seconds * 20);
    this.#timer = setInterval(() => {
      for (const instance of this.#instances) {
        if (instance.ready && !this.#asked.has(instance)) void this.#sample(instance);
      }
    }, everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Of each instance the process that has lived longest. */
  reports(): MemoryReport[] {
    return this.#instances.map((instance) => {
      const lines = [...this.#lines].filter(([key]) => key.startsWith(`${instance.port}:`)).map(([, line]) => line);
      const line = lines.sort((one, other) => other.length - one.length)[0] ?? [];
      const seconds = Math.round((line.at(-1)?.[0] ?? 0) - (line[0]?.[0] ?? 0));
      const [rss, heap, sockets] = [growthOf(line, 'rss'), growthOf(line, 'heap'), growthOf(line, 'sockets')];
      return { seconds, rss, heap, sockets, course: this.#courses.get(instance) };
    });
  }

  async #sample(instance: InstanceProcess): Promise<void> {
    const { url, port, starts } = instance;
    const course = this.#courses.get(instance);
    this.#asked.add(instance);
    try {
      const memory = (await ask(`${url}/memory`)) as Memory;
      const key = `${port}:${starts}`;
      const line = this.#lines.get(key) ?? [];
      this.#lines.set(key, line);
      const now = performance.now() / 1000;
      line.push([now, memory]);
      if (course === undefined) return;
      const { file } = (await ask(`${url}/snapshot`)) as { file: string };
      await course.take(now, file);
    } catch (error) {
      // The others go down meanwhile.
      if (course !== undefined) process.stderr.write(`no sample of the memory: ${String(error)}\n`);
    } finally {
      this.#asked.delete(instance);
    }
  }
}

/** What an instance answers, as its handlers have it. */
async function ask(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response.json();
}

function growthOf(line: Line, of: keyof Memory): Growth {
  const values = line.map(([seconds, memory]) => [seconds, memory[of]] as const);
  const warm = values.slice(Math.floor((values.length * 2) / 3));
  return {
    most: Math.max(0, ...values.map(([, value]) => value)),
    last: values.at(-1)?.[1] ?? 0,
    slope: slopeOf(warm),
  };
}
