// The public names of `yunction/client`, for browsers and Node: it imports nothing from outside its folder.
export { connect } from './connect.js';
export type {
  ConnectOptions,
  Connection,
  ConnectionEvents,
  ConnectionState,
  MessageOrigin,
  RequestOptions,
  WebSocketClass,
} from './connection.js';
export { ClientError, type ClientProblem } from './client-error.js';
export type { Backoff } from './retry-delay.js';
export { type StreamEvent, streamEvents, type StreamEventsOptions } from './stream-events.js';
