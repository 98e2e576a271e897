'use strict';
// The project of one file.

exports.main = function main(event, context) {
  const { url, httpMethod } = context.httpContext;
  return { says: 'Hello world!', httpMethod, url, event };
};
