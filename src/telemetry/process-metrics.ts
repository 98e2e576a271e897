import type { IntervalHistogram } from 'node:perf_hooks';

import { type MetricFamily, single } from './metric-family.js';

/** How often the event loop is looked at, in milliseconds: fifty timers a second are all that it costs. */
const RESOLUTION_MS = 20;

/** What the process itself has to tell, under the names that prom-client's default metrics have: dashboards know them. */
export class ProcessMetrics {
  readonly #delays: IntervalHistogram;

  constructor() {
    const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
    this.#delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#delays.enable();
  }

  /** Memory, CPU, and the event loop's lag since the last time it was asked. */
  families(): MetricFamily[] {
    const memory = process.memoryUsage();
    const cpu = process.cpuUsage();
    return [
      ...this.#lag(),
      single('process_cpu_user_seconds_total', 'counter', 'CPU time in user mode, in seconds.', cpu.user / 1e6),
      single('process_cpu_system_seconds_total', 'counter', 'CPU time in the kernel, in seconds.', cpu.system / 1e6),
      single(
        'process_start_time_seconds',
        'gauge',
        'When the process began, since the epoch.',
        performance.timeOrigin / 1000,
      ),
      single('process_resident_memory_bytes', 'gauge', 'Memory that the process holds.', memory.rss),
      single('nodejs_heap_size_total_bytes', 'gauge', 'Size of the JavaScript heap.', memory.heapTotal),
      single('nodejs_heap_size_used_bytes', 'gauge', 'Used part of the JavaScript heap.', memory.heapUsed),
      single('nodejs_external_memory_bytes', 'gauge', 'Memory of buffers outside the heap.', memory.external),
    ];
  }

  /** Stops looking at the event loop. */
  close(): void {
    this.#delays.disable();
  }

  #lag(): MetricFamily[] {
    const delays = this.#delays;
    const families = [
      single('nodejs_eventloop_lag_mean_seconds', 'gauge', 'Mean lag of the event loop.', seconds(delays.mean)),
      single(
        'nodejs_eventloop_lag_p50_seconds',
        'gauge',
        'Median lag of the event loop.',
        seconds(delays.percentile(50)),
      ),
      single(
        'nodejs_eventloop_lag_p99_seconds',
        'gauge',
        '99th percentile of the lag.',
        seconds(delays.percentile(99)),
      ),
      single('nodejs_eventloop_lag_max_seconds', 'gauge', 'Longest lag of the event loop.', seconds(delays.max)),
    ];
    delays.reset();
    return families;
  }
}

/** The histogram holds the time between two looks: a loop that is never late still shows the interval itself. */
function seconds(nanoseconds: number): number {
  return Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000) : 0;
}
