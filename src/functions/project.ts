import type { FunctionProject, FunctionSettings, FunctionSource } from '../server/function-table.js';
import { ignoredOptions } from './ignored-options.js';
import { optionMiddleware } from './option-middleware.js';
import { readStaticContext } from './static-context.js';
import { FunctionList } from './function-list.js';
import { findFunctions } from './function-project.js';

/** The ids of requests as functions have always had them, then the platform's own. */
const REQUEST_ID_HEADERS = ['x-cloudbase-request-id', 'x-request-id'];

/**
 * The functions of a folder, for the option `functions`: those that its `cloudbase-functions.json` names, or the one
 * that its package.json or index.js is. `yunction start` gives it by itself where there is such a file.
 *
 * @param folder default: the working directory.
 * @example
 * start({ controllers: [AdminController], functions: functionProject(), use: [securityHeaders()] });
 */
export function functionProject(folder = '.'): FunctionSource {
  return { read: (settings) => read(settings, folder) };
}

function read(settings: FunctionSettings, folder: string): FunctionProject {
  const projects = findFunctions(settings, folder);
  const platform = settings.platform.requestIdHeaders.filter((name) => !REQUEST_ID_HEADERS.includes(name));
  return {
    use: optionMiddleware(settings, folder),
    requestIdHeaders: [...REQUEST_ID_HEADERS, ...platform],
    extendedContext: readStaticContext(settings.extendedContext),
    open(host, alone) {
      const options = ignoredOptions(process.argv.slice(2), process.env);
      if (options.length > 0) host.log.debug({ options }, 'these options have no meaning here');
      return new FunctionList(projects, host, alone);
    },
  };
}
