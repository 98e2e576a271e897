import type { KnownDifference } from '../known-difference.js';

/** Paths and the health check. */
export const ROUTING_DIFFERENCES: readonly KnownDifference[] = [
  {
    what: 'letters that are percent-encoded',
    peer: 'compares them as they are: `/%61` is not `/a`',
    yunction: '`/%61` is `/a`',
    reason:
      'Decision: a path has one meaning for routes, guards and controllers. A slash that is encoded separates nothing in either.',
    answers: {
      'an encoded letter': { status: '200', body: 'a http://<host>/%61' },
      'an encoded letter in a longer route': { body: 'ab http://<host>/a/%62' },
    },
  },
  {
    what: 'a broken escape, or a fragment in the request line',
    peer: 'calls the function',
    yunction: '400 `MALFORMED_URL`',
    reason: 'Decision: what cannot be decoded is refused before any code sees it.',
    answers: {
      'a broken escape': {
        status: '400',
        'header content-type': 'application/json; charset=utf-8',
        body: '{"code":"BAD_REQUEST","message":"Bad Request.","requestId":"<uuid>"}',
      },
      'a fragment': {
        status: '400',
        'header content-type': 'application/json; charset=utf-8',
        body: '{"code":"BAD_REQUEST","message":"Bad Request.","requestId":"<uuid>"}',
      },
    },
  },
  {
    what: 'an absolute address in the request line, `OPTIONS *`',
    peer: '500',
    yunction: 'answered as any other path; 204 with `Allow`',
    reason: 'RFC 9112, sections 3.2.2 and 3.2.4: a server must accept both.',
    answers: {
      'an absolute address': {
        status: '200',
        'header content-type': 'text/plain; charset=utf-8',
        body: 'ab http://<host>/a/b?x=1',
      },
      'OPTIONS of the whole server': {
        status: '204',
        'header content-type': '(absent)',
        body: '',
        'header allow': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      },
      'alone, an absolute address without a path': {
        status: '200',
        body: '{"says":"Hello world!","httpMethod":"GET","url":"http://<host>/","event":{}}',
      },
    },
  },
  {
    what: 'HEAD where there is no route',
    peer: '404 without headers',
    yunction: '404 with the headers of GET',
    reason: 'RFC 9110, section 9.3.2.',
    answers: {
      'no route, asked by HEAD': { 'header content-type': 'text/plain; charset=utf-8', 'header content-length': '9' },
      'the health check with a slash': {
        'header content-type': 'text/plain; charset=utf-8',
        'header content-length': '9',
      },
    },
  },
  {
    what: 'the health check',
    peer: 'an empty body',
    yunction: 'HEAD says the length of `ok`, and `no-store`',
    reason: 'Decision: a health check is never cached.',
    answers: {
      'the health check': { 'header content-length': '2', 'header cache-control': 'no-store' },
      'without an account, health check': { 'header content-length': '2', 'header cache-control': 'no-store' },
      'alone, the health check': { 'header content-length': '2', 'header cache-control': 'no-store' },
    },
  },
  {
    what: 'GET of the health check where no function has the path',
    peer: '404',
    yunction: '200 `ok`',
    reason: 'Decision: load balancers ask by GET.',
    answers: {
      'a GET of the health check': { status: '200', body: 'ok', 'header cache-control': 'no-store' },
    },
  },
  {
    what: 'the health check with a query',
    peer: '200',
    yunction: '404',
    reason: 'Only the bare path is the health check.',
    answers: {
      'the health check with a query': { 'header content-length': '2', 'header cache-control': 'no-store' },
    },
  },
  {
    what: 'an empty segment where a route has `:name`',
    peer: 'matches',
    yunction: 'does not match',
    reason: 'A name that is empty is none.',
    answers: {
      'an empty segment where one may be anything': { status: '404', body: 'Not Found' },
    },
  },
  {
    what: 'a static file',
    peer: '`max-age` only',
    yunction: '`public`, with `ETag` and byte ranges',
    reason: 'A client need not fetch again what it has.',
    answers: {
      'a static file': {
        'header cache-control': 'public, max-age=60',
        'header accept-ranges': 'bytes',
        'header etag': 'W/<etag>',
      },
      'a static file, asked by HEAD': {
        'header cache-control': 'public, max-age=60',
        'header accept-ranges': 'bytes',
        'header etag': 'W/<etag>',
      },
      'a static file with a query': {
        'header cache-control': 'public, max-age=60',
        'header accept-ranges': 'bytes',
        'header etag': 'W/<etag>',
      },
      'the static file of a folder': {
        'header cache-control': 'public, max-age=60',
        'header accept-ranges': 'bytes',
        'header etag': 'W/<etag>',
      },
    },
  },
  {
    what: 'a path that leads above the folder of static files',
    peer: '500',
    yunction: 'not looked for there: the function answers',
    reason: 'Decision: as with any file that is not there.',
    answers: {
      'a static file above the folder': {
        status: '200',
        'header content-type': 'text/plain; charset=utf-8',
        body: 'main /index.js',
      },
      'a static file above the folder, encoded': {
        status: '200',
        'header content-type': 'text/plain; charset=utf-8',
        body: 'main /index.js',
      },
    },
  },
];
