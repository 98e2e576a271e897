// What scf_bootstrap runs: the application named by the first argument, as `yunction start` does. It reports its own
// failures, and no top-level await keeps it from being bundled to CommonJS.
import { runStart } from './cli/run-start.js';

void runStart(process.argv.slice(2));
