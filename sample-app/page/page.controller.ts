import { fileURLToPath } from 'node:url';
import { Controller, file, Http } from 'yunction';

// Seen from the compiled file, sample-app/built/page/; the folder that the process was started in does not matter.
const PAGE = fileURLToPath(new URL('../../page/index.html', import.meta.url));

/** The page asks this server and nobody else, whatever might be smuggled into it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
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
}
