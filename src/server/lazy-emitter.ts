import { EventEmitter } from 'node:events';

/** Nothing: `EventEmitter` itself would make a table of listeners for each. */
function makeNothing(): void {
  // see below
}
makeNothing.prototype = EventEmitter.prototype;

const maker: unknown = makeNothing;

/**
 * An `EventEmitter` (also for `instanceof`) that holds nothing until somebody listens: its methods make what they need
 * on first use. Of streams and sockets there are thousands, and most are never listened to.
 */
// The types do not know that a function with that prototype makes them.
export const LazyEmitter = maker as new () => EventEmitter;
