import { AccessLog } from '../telemetry/access-log.js';
import { isTracingWanted, loadTracing } from '../telemetry/load-tracing.js';
import type { MetricsRegister } from '../telemetry/metrics.js';
import { combineObservers, type Observer } from '../telemetry/observer.js';
import type { MetricsServing, MetricsSettings } from './serve-metrics.js';
import type { Service } from './service.js';

/** The options that say what is observed. */
export interface ObservationSettings extends MetricsSettings {
  readonly accessLog: boolean;
  readonly accessLogEvery: number;
  readonly metrics: boolean;
  readonly tracing: 'auto' | boolean;
}

/** The observers of a service that are switched on: access records, metrics, spans. */
export class Observation {
  readonly #service: Service;
  readonly #settings: ObservationSettings;
  readonly #registers: readonly MetricsRegister[];
  #metrics: MetricsServing | undefined;
  #closed = false;

  /** @param registers metrics that are shown beside the service's own. */
  constructor(service: Service, settings: ObservationSettings, registers: readonly MetricsRegister[]) {
    this.#service = service;
    this.#settings = settings;
    this.#registers = registers;
  }

  /**
   * Sets them up, before the service gets its first request. A promise only where something has to be loaded for them;
   * what belongs to the others never is.
   * @throws StartupError (rejected) for metrics that cannot be shown, or a missing package.
   */
  begin(): Promise<void> | undefined {
    const { accessLog, accessLogEvery, metrics, tracing } = this.#settings;
    const records = accessLog ? [new AccessLog(this.#service.log, accessLogEvery)] : [];
    this.#service.observer = combineObservers(records);
    return metrics || isTracingWanted(tracing) ? this.#load(records) : undefined;
  }

  /** Ends what runs in the background, and the metrics' own server. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#metrics?.close();
  }

  async #load(records: readonly Observer[]): Promise<void> {
    const service = this.#service;
    const observers = [...records];
    const tracing = (service.tracing = await loadTracing(this.#settings.tracing, service.log));
    // First, as the log tells the trace.
    if (tracing !== undefined) observers.unshift(tracing);
    if (this.#settings.metrics) {
      const { serveMetrics } = await import('./serve-metrics.js');
      this.#metrics = await serveMetrics(service, this.#settings, this.#registers);
      observers.push(this.#metrics.metrics);
    }
    service.observer = combineObservers(observers);
    if (this.#closed) await this.#metrics?.close();
  }
}
