'use strict';
// Tells the files and fields of a form.
const { readFileSync } = require('node:fs');

function told(value) {
  if (Array.isArray(value)) return value.map(told);
  if (typeof value !== 'object' || value === null || !('filepath' in value)) return value;
  const { size, originalFilename, mimetype, filepath, newFilename, mtime } = value;
  const written = mtime instanceof Date ? 'Date' : typeof mtime;
  const named = filepath.endsWith(newFilename);
  return { size, originalFilename, mimetype, written, named, content: readFileSync(filepath, 'latin1') };
}

exports.main = function main(event, context) {
  if (new URL(context.httpContext.url).pathname.endsWith('/json')) {
    return Object.keys(JSON.parse(JSON.stringify(event.file))).sort();
  }
  return Object.fromEntries(Object.entries(event).map(([name, value]) => [name, told(value)]));
};
