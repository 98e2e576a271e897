import type { Middleware } from '../context/middleware.js';
import type { FunctionHost, FunctionSettings } from '../server/function-table.js';
import { basicAuth } from './basic-auth.js';
import { concurrencyLimit } from './concurrency-limit.js';
import { cors } from './cors.js';
import { staticFiles } from './static-files.js';

/**
 * The middleware that options of the platform's framework stand for, outermost first; none for what is not switched on.
 * @param host what the server has, once there is one.
 */
export function optionMiddleware(
  settings: FunctionSettings,
  folder: string,
  host: () => FunctionHost | undefined,
): Middleware[] {
  const middleware: Middleware[] = [];
  // Outermost, so that a refusal too can be read by the page that it refuses.
  if (settings.enableCors) middleware.push(cors(settings.allowedOrigins));
  if (settings.allowedAccounts.length > 0) middleware.push(basicAuth(settings.allowedAccounts));
  if (settings.concurrencyLimit > 0) middleware.push(concurrencyLimit(settings.concurrencyLimit, host));
  if (settings.staticServeRoot !== '') middleware.push(staticFiles(settings, folder));
  return middleware;
}
