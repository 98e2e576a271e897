import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Controller, file, Http, HttpContext } from 'yunction';

// Seen from the compiled file, sample-app/built/page/; the folder that the process was started in does not matter.
const PAGE = fileURLToPath(new URL('../../page/index.html', import.meta.url));
/** Of an application that is packed: `--include node_modules/yunction/built/client`. */
const PACKED_CLIENT = fileURLToPath(new URL('../../client', import.meta.url));

/** The page asks this server and nobody else, whatever might be smuggled into it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

@Controller()
export class PageController {
  @Http('GET', '/')
  show() {
    return file(PAGE, { headers: { 'Content-Security-Policy': POLICY } });
  }

  /** `yunction/client` as it lies in the package: browsers take its modules as they are. */
  @Http('GET', '/client/:module([a-z-]+\\.js)')
  client(_event: unknown, { params }: HttpContext) {
    return file(join(clientFolder(), params['module'] ?? ''));
  }
}

function clientFolder(): string {
  if (existsSync(PACKED_CLIENT)) return PACKED_CLIENT;
  return dirname(createRequire(import.meta.url).resolve('yunction/client'));
}
