import { StartupError } from '../errors/startup-error.js';
import { Metrics, type MetricsRegister } from '../telemetry/metrics.js';
import { listenMistake } from './listen-mistake.js';
import { MetricsEndpoint, type MetricsEndpointSettings } from './metrics-endpoint.js';
import { MetricsServer } from './metrics-server.js';
import type { Service } from './service.js';

/** The options that metrics take. */
export interface MetricsSettings extends MetricsEndpointSettings {
  /** The server's own. */
  readonly port: number;
  readonly metricsPort: number;
  readonly metricsHost: string;
}

/** Metrics that are shown somewhere. */
export interface MetricsServing {
  readonly metrics: Metrics;
  /** Ends their own server, if they have one, and what runs in the background. */
  close(): Promise<void>;
}

/**
 * Begins to count, and to show what is counted: on a port of its own, or on the service's.
 * @throws StartupError (rejected) where the path is none or the port is taken.
 */
export async function serveMetrics(
  service: Service,
  settings: MetricsSettings,
  registers: readonly MetricsRegister[],
): Promise<MetricsServing> {
  const { metricsPath, metricsPort: port, metricsHost: host, metricsToken } = settings;
  if (!/^\/[^?#\s]*$/.test(metricsPath)) {
    const problem = `${JSON.stringify(metricsPath)} is no path`;
    throw new StartupError([{ where: 'option metricsPath', problem, remedy: 'give one such as /metrics' }]);
  }
  if (port !== 0 && port === settings.port) {
    const remedy = 'choose another, or leave it out to show metrics on the server’s';
    throw new StartupError([{ where: 'option metricsPort', problem: 'it is the port of the server', remedy }]);
  }
  const metrics = new Metrics(registers);
  const endpoint = new MetricsEndpoint(metrics, settings, service.log);
  if (port === 0) {
    service.metrics = endpoint;
    if (metricsToken === '' && service.settings.platform.name !== 'local') {
      service.log.warn(`everybody can read ${metricsPath}: set metricsToken or metricsPort`);
    }
    return { metrics, close: () => Promise.resolve(metrics.close()) };
  }
  const server = new MetricsServer(endpoint, () => service.draining);
  try {
    await server.listen(port, host);
  } catch (error) {
    metrics.close();
    const { where, problem, remedy } = listenMistake(error, port, host, 'METRICS_PORT');
    const mistake = { where: 'option metricsPort', problem: `${where}: ${problem}`, remedy };
    throw new StartupError([mistake], { cause: error });
  }
  const close = async () => {
    metrics.close();
    await server.close();
  };
  return { metrics, close };
}
