// What runs: `./scf_bootstrap` starts the compiled form of this file. Everything else is in app.ts, so that tests can
// build the same application without starting it.
import { start } from 'yunction';
import { redis } from 'yunction/redis';
import { options } from './app.js';

// With a Redis, several instances are one: chat rooms, tickets and orders are the same on all of them.
const url = process.env['REDIS_URL'];

start(url === undefined ? options : { ...options, ...redis({ url, prefix: 'sample-app' }) }); // reports its own failures: nothing to await or to catch
