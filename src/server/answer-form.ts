import type { HttpError } from '../errors/http-error.js';
import type { Exchange } from './exchange.js';

/** How an endpoint answers that is no controller's: its results, its errors and its events in a form of their own. */
export interface AnswerForm {
  /** A handler's result as one of the results that the server knows. */
  toResult(result: unknown, exchange: Exchange): unknown;
  /** What was thrown, as the error that is answered. */
  toError(thrown: unknown): HttpError;
  /** The body of an error's answer, JSON. */
  toErrorBody(error: HttpError, exchange: Exchange): object;
  /** For one event stream: turns what is sent to it into its text; empty: nothing. */
  newEncoder(): (event: unknown) => string;
  /** The last words of an event stream whose handler failed. */
  encodeFailure(thrown: unknown, exchange: Exchange): string;
  /** More headers of an event stream. */
  streamHeaders(exchange: Exchange): readonly (readonly [string, string])[];
}
