import { BODIES_DIFFERENCES } from './differences/bodies.js';
import { GUARDS_DIFFERENCES } from './differences/guards.js';
import { RESULTS_DIFFERENCES } from './differences/results.js';
import { ROUTING_DIFFERENCES } from './differences/routing.js';
import { SOCKETS_DIFFERENCES } from './differences/sockets.js';
import { SSE_DIFFERENCES } from './differences/sse.js';
import { START_DIFFERENCES } from './differences/start.js';
import { UPLOADS_DIFFERENCES } from './differences/uploads.js';
import type { KnownDifference } from './known-difference.js';

/**
 * Every difference that the run finds, by the heading of its table in docs/migrating.md. One that is not here fails the
 * run, and so does one that is here and is no more.
 */
export const KNOWN_DIFFERENCES: ReadonlyMap<string, readonly KnownDifference[]> = new Map([
  ['Paths and the health check', ROUTING_DIFFERENCES],
  ['Bodies', BODIES_DIFFERENCES],
  ['Forms with files', UPLOADS_DIFFERENCES],
  ['Results, errors and ids', RESULTS_DIFFERENCES],
  ['Streams of events', SSE_DIFFERENCES],
  ['WebSockets', SOCKETS_DIFFERENCES],
  ['Accounts, origins and limits', GUARDS_DIFFERENCES],
  ['The start', START_DIFFERENCES],
]);
