import { Controller } from '../../decorators/controller.js';
import { Http } from '../../decorators/http.js';
import type { Class } from '../../routing/route-options.js';
import { start } from '../../start.js';
import { createLogger } from '../../telemetry/log.js';

/** A request that the samples answer with success. */
export interface SampleRequest {
  readonly path: string;
  readonly body: object;
}

@Controller('/hello')
class SampleController {
  @Http('GET', '/')
  hello() {
    return { hello: 'world' };
  }
}

/**
 * Starts samples within the bundle and lets them answer, so that V8's code cache has the functions that every start and
 * first answer need. They listen on a port of their own, on this machine only, and write no log. They run until the
 * process ends.
 */
export async function serveSamples(controllers: readonly Class[], posts: readonly SampleRequest[]): Promise<void> {
  const url = await startSamples([SampleController, ...controllers]);
  await expectSuccess(await fetch(`${url}/hello`));
  // Twice: the second event of a class may be checked by other code than the first.
  for (const { path, body } of [...posts, ...posts]) {
    const headers = { 'Content-Type': 'application/json' };
    await expectSuccess(await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) }));
  }
}

/** Resolves to the URL in the ready line. */
function startSamples(controllers: readonly Class[]): Promise<string> {
  return new Promise((resolve) => {
    const write = (line: string) => {
      const { url } = JSON.parse(line) as { url?: string };
      if (url !== undefined) resolve(url);
    };
    const log = createLogger({ level: 'info', format: 'json', write });
    start({ controllers, port: 0, host: '127.0.0.1', logFormat: 'json', log });
  });
}

async function expectSuccess(response: Response): Promise<void> {
  const text = await response.text();
  if (!response.ok) throw new Error(`a sample was answered ${response.status}: ${text}`);
}
