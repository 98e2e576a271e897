'use strict';
// Ways to fail; the last segment of the path chooses.

class OwnError extends Error {
  constructor() {
    super('of a class of its own');
    this.code = 'OWN_CODE';
    this.status = 418;
    this.statusCode = 418;
    this.expose = true;
  }
}

const FAILURES = {
  error: () => {
    throw new Error('nobody may read this');
  },
  later: async () => {
    await new Promise((resolve) => setImmediate(resolve));
    throw new RangeError('after a wait');
  },
  string: () => {
    throw 'just a string'; // oxlint-disable-line no-throw-literal -- functions do
  },
  null: () => {
    throw null; // oxlint-disable-line no-throw-literal -- functions do
  },
  undefined: () => Promise.reject(),
  object: () => {
    throw { code: 'PLAIN', message: 'no error at all' }; // oxlint-disable-line no-throw-literal -- functions do
  },
  own: () => {
    throw new OwnError();
  },
  'never-in-time': () => new Promise((resolve) => setTimeout(resolve, 30_000, 'too late').unref()),
};

exports.main = (event, context) => FAILURES[new URL(context.httpContext.url).pathname.split('/').at(-1)]();
