import type { Injector } from '../context/injector.js';
import { isMiddlewareClass } from '../context/middleware.js';
import type { RouteRow } from '../routing/route-table.js';
import { routeRows } from '../routing/route-table.js';
import type { Match } from '../routing/router.js';
import type { AnswerForm } from '../server/answer-form.js';
import type { RequestEndpoint, WebSocketEndpoint } from '../server/endpoint.js';
import { EndpointBuilder } from '../server/build-endpoints.js';
import type { FunctionHost, FunctionReport, FunctionTable } from '../server/function-table.js';
import type { FoundProjects } from './function-project.js';
import { FunctionRouter } from './function-router.js';
import { FunctionUnit } from './function-unit.js';
import { PLAIN_ANSWER } from './plain-answer.js';
import { isOverLimit, tooManyRequests } from './concurrency-limit.js';
import { failingEndpoint } from './plain-endpoint.js';
import { type ServedFunction, serveFunction } from './served-function.js';

/** A function that may or may not be loaded, and what answers while it is not. */
interface Unit {
  readonly loading: FunctionUnit<ServedFunction>;
  readonly failed: RequestEndpoint;
  /** What answers while too many requests are open. */
  readonly busy: RequestEndpoint;
}

const NO_PARAMETERS = Object.freeze({});

/** All functions of an application: finds whose a request is, and loads it where it is not loaded. */
export class FunctionList implements FunctionTable {
  readonly form: AnswerForm | undefined;
  readonly #routers = new Map<string, FunctionRouter<Unit>>();
  readonly #units: Unit[] = [];
  readonly #host: FunctionHost;
  /** Whether the query's `@fn` chooses the function. */
  readonly #chosen: boolean;

  constructor(projects: FoundProjects, host: FunctionHost, alone: boolean) {
    this.form = alone ? PLAIN_ANSWER : undefined;
    this.#chosen = !projects.has('');
    const { log, settings, defaults } = host;
    this.#host = host;
    const layers = new EndpointBuilder(host.injector, defaults).layers(defaults.use);
    const perRequest = defaults.use.some((each) => isMiddlewareClass(each) && host.injector.isPerRequest(each));
    for (const [name, functions] of projects) {
      const router = new FunctionRouter<Unit>();
      this.#routers.set(name, router);
      for (const found of functions) {
        const serve = (exports: Parameters<typeof serveFunction>[1]) => serveFunction(found, exports, host);
        const loading = new FunctionUnit<ServedFunction>(found, serve, log, settings.handlerTimeoutMs);
        const parts = { name: found.label, file: found.shownFile, layers, perRequest, defaults };
        const unit: Unit = {
          loading,
          failed: failingEndpoint(parts, () => loading.error()),
          busy: failingEndpoint(parts, tooManyRequests),
        };
        this.#units.push(unit);
        for (const path of found.paths) router.add(path, unit);
      }
    }
  }

  has(url: string): boolean {
    try {
      return this.#find(url) !== undefined;
    } catch {
      return false; // a URL that cannot be read
    }
  }

  waitFor(url: string): Promise<void> | undefined {
    try {
      return this.#find(url)?.loading.waitFor();
    } catch {
      return undefined; // a URL that cannot be read: the match says so
    }
  }

  matchRequest(method: string, url: string): Match<RequestEndpoint> | undefined {
    const unit = this.#find(url);
    if (unit === undefined) return undefined;
    if (isOverLimit(this.#host)) return { endpoint: unit.busy, params: NO_PARAMETERS };
    const { serving } = unit.loading;
    if (serving === undefined) return { endpoint: unit.failed, params: NO_PARAMETERS };
    const found = serving.routes.length === 0 ? undefined : serving.requests.match(method, url);
    if (found !== undefined || serving.main === undefined) return found;
    return { endpoint: serving.main, params: NO_PARAMETERS };
  }

  matchSocket(url: string): Match<WebSocketEndpoint> | undefined {
    const unit = this.#find(url);
    if (unit === undefined) return undefined;
    const { serving } = unit.loading;
    if (serving === undefined) throw unit.loading.error();
    if (isOverLimit(this.#host)) throw tooManyRequests();
    const found = serving.routes.length === 0 ? undefined : serving.sockets.match('GET', url);
    if (found !== undefined || serving.mainSocket === undefined) return found;
    return { endpoint: serving.mainSocket, params: NO_PARAMETERS };
  }

  allowed(url: string): string {
    return this.#find(url)?.loading.serving?.requests.allowed(url) ?? '';
  }

  async loadAll(): Promise<readonly FunctionReport[]> {
    await Promise.all(this.#units.map(({ loading }) => loading.load('debug')));
    return this.#units.map(({ loading }) => loading.report);
  }

  rows(): RouteRow[] {
    return this.#units.flatMap(({ loading: { found, serving } }) => {
      const { label, paths, shownFile } = found;
      const kind = serving === undefined ? `${label} (${shownFile}, loaded at its first request)` : label;
      const own = paths.length === 0 ? ['(no path)'] : paths;
      const rows = own.map((path) => ({ label: 'ALL', path: below(path), handler: kind, moment: '' }));
      if (serving === undefined) return rows;
      const sockets = serving.mainSocket === undefined ? [] : rows.map((row) => ({ ...row, label: 'WS' }));
      return [...routeRows(serving.routes), ...(serving.main === undefined ? [] : rows), ...sockets];
    });
  }

  async close(): Promise<void> {
    const own = this.#units.map(({ loading }) => loading.serving?.injector);
    await Promise.all(
      own.filter((injector): injector is Injector => injector !== undefined).map((each) => each.dispose()),
    );
  }

  #find(url: string): Unit | undefined {
    if (!this.#chosen) return this.#routers.get('')?.find(url);
    const name = chosenFunction(url);
    return name === undefined ? undefined : this.#routers.get(name)?.find(url);
  }
}

/** `?@fn=name`; `undefined` where it is missing or said twice. */
function chosenFunction(url: string): string | undefined {
  const start = url.indexOf('?');
  if (start === -1) return undefined;
  const names = new URLSearchParams(url.slice(start + 1)).getAll('@fn');
  return names.length === 1 ? names[0] : undefined;
}

function below(path: string): string {
  return path === '/' ? '/*' : `${path}/*`;
}
