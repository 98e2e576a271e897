import type { Middleware } from '../context/middleware.js';
import type { FunctionSettings } from '../server/function-table.js';
import { basicAuth } from './basic-auth.js';
import { cors } from './cors.js';
import { staticFiles } from './static-files.js';

/** The middleware that options of the platform's framework stand for, outermost first; none for what is not switched on. */
export function optionMiddleware(settings: FunctionSettings, folder: string): Middleware[] {
  const middleware: Middleware[] = [];
  // Outermost, so that a refusal too can be read by the page that it refuses.
  if (settings.enableCors) middleware.push(cors(settings.allowedOrigins));
  if (settings.allowedAccounts.length > 0) middleware.push(basicAuth(settings.allowedAccounts));
  if (settings.staticServeRoot !== '') middleware.push(staticFiles(settings, folder));
  return middleware;
}
