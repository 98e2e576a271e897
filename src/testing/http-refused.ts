import type { IncomingHttpHeaders } from 'node:http';

import type { Problem } from '../errors/problem.js';
import type { TestResponse } from './test-response.js';

/** Why a stream or a socket was not opened, or a WebSocket request not fulfilled: what the server answered instead. */
export class HttpRefused extends Error {
  override readonly name = 'HttpRefused';

  constructor(
    what: string,
    readonly status: number,
    /** The problem body; `undefined` where the answer has none. */
    readonly problem: Problem | undefined,
    /** Names in lower case; empty where a frame refused. */
    readonly headers: IncomingHttpHeaders = {},
  ) {
    const why = problem === undefined ? '' : ` ${problem.code}: ${problem.detail ?? problem.title}`;
    super(`${what} was answered with ${status}${why}`);
  }

  /** From an ordinary answer. */
  static from(what: string, response: TestResponse): HttpRefused {
    const isProblem = response.headers['content-type']?.startsWith('application/problem+json') === true;
    const problem = isProblem ? response.json<Problem>() : undefined;
    return new HttpRefused(what, response.status, problem, response.headers);
  }
}
