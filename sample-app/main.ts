// What runs: `./scf_bootstrap` starts the compiled form of this file. Everything else is in app.ts, so that tests can
// build the same application without starting it.
import { start } from 'yunction';
import { options } from './app.js';

start(options); // reports its own failures: nothing to await or to catch
