'use strict';
// Tells what `main` was given, in a form that two servers can be compared by.

function told(value) {
  if (Buffer.isBuffer(value)) return { buffer: value.toString('latin1') };
  return { [value === null ? 'null' : typeof value]: value };
}

exports.main = function main(event, context) {
  const { url, httpMethod } = context.httpContext;
  return { event: told(event), method: httpMethod, url };
};
