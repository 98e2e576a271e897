import type { HttpRow, SocketRow, Stage } from './row.js';
import { BODIES } from './table/bodies.js';
import { ERRORS } from './table/errors.js';
import { EXAMPLES } from './table/examples.js';
import { EXTENDED, GIVEN, IDENTITY } from './table/identity.js';
import { RESULTS } from './table/results.js';
import { ROUTING } from './table/routing.js';
import { SHUTDOWN, SOCKETS } from './table/sockets.js';
import { SSE } from './table/sse.js';
import { UPLOADS } from './table/uploads.js';

/** A function of one file answers everything. */
const ALONE: readonly HttpRow[] = [
  { name: 'alone, at the root', path: '/' },
  { name: 'alone, anywhere', path: '/any/where?x=1' },
  { name: 'alone, at two slashes', path: '//a' },
  {
    name: 'alone, with JSON',
    method: 'POST',
    path: '/',
    headers: { 'Content-Type': 'application/json' },
    body: '{"a":1}',
  },
  { name: 'alone, a GET of the health check', path: '/_healthz' },
  { name: 'alone, a POST to the health check', method: 'POST', path: '/_healthz' },
  { name: 'alone, the health check', method: 'HEAD', path: '/_healthz' },
  { name: 'alone, OPTIONS', method: 'OPTIONS', path: '/' },
  { name: 'alone, an absolute address without a path', path: 'http://example.org' },
];

const ACCOUNT = `Basic ${Buffer.from('ada:secret').toString('base64')}`;
const ORIGIN = 'https://app.example.org';

/** ALLOWED_ACCOUNTS and ENABLE_CORS. */
const GUARDED: readonly HttpRow[] = [
  { name: 'without an account', path: '/' },
  { name: 'with an account', path: '/', headers: { Authorization: ACCOUNT } },
  { name: 'with a wrong password', path: '/', headers: { Authorization: `Basic ${btoa('ada:wrong')}` } },
  { name: 'with a token', path: '/', headers: { Authorization: 'Bearer x' } },
  { name: 'without an account, OPTIONS', method: 'OPTIONS', path: '/' },
  { name: 'without an account, health check', method: 'HEAD', path: '/_healthz' },
  { name: 'an origin that is allowed', path: '/', headers: { Authorization: ACCOUNT, Origin: ORIGIN } },
  { name: 'an origin that is not', path: '/', headers: { Authorization: ACCOUNT, Origin: 'https://elsewhere.org' } },
  {
    name: 'an origin of this machine',
    path: '/',
    headers: { Authorization: ACCOUNT, Origin: 'http://localhost:3000' },
  },
  {
    name: 'a preflight',
    method: 'OPTIONS',
    path: '/',
    headers: { Origin: ORIGIN, 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'x-a' },
  },
  {
    name: 'a preflight of an origin that is not allowed',
    method: 'OPTIONS',
    path: '/',
    headers: { Origin: 'https://elsewhere.org', 'Access-Control-Request-Method': 'PUT' },
  },
  { name: 'a refusal to an origin that is allowed', path: '/', headers: { Origin: ORIGIN } },
];

/** ALLOWED_ACCOUNTS, before a function of sockets. */
const GUARDED_SOCKETS: readonly SocketRow[] = [
  {
    name: 'a socket without an account',
    path: '/socket/echo',
    socket: { sends: ['x'], messages: 1, finally: 'leave' },
  },
  {
    name: 'a socket with an account',
    path: '/socket/echo',
    socket: { headers: { Authorization: ACCOUNT }, sends: ['x'], messages: 1, finally: 'leave' },
  },
];

/** NODE_ENV=production: no stacks. */
const PRODUCTION: readonly HttpRow[] = [
  ...ERRORS.map((row) => ({ ...row, name: `production, ${row.name}` })),
  { name: 'production, thrown, asked by HEAD', method: 'HEAD', path: '/errors/error' },
  {
    name: 'production, a body that is no JSON',
    method: 'POST',
    path: '/echo',
    headers: { 'Content-Type': 'application/json' },
    body: '{',
  },
];

/** TIMEOUT and CONCURRENCY_LIMIT. */
const TIMEOUT: readonly HttpRow[] = [{ name: 'out of time', path: '/errors/never-in-time' }];
const CONCURRENCY: readonly HttpRow[] = [
  { name: 'over the limit', path: '/results/string', besides: { path: '/errors/never-in-time', status: 429 } },
];

/** STATIC_SERVE_ROOT. */
const STATIC: readonly HttpRow[] = [
  { name: 'a static file', path: '/style.css' },
  { name: 'a static file, asked by HEAD', method: 'HEAD', path: '/style.css' },
  { name: 'a static file, asked by POST', method: 'POST', path: '/style.css' },
  { name: 'a static file with a query', path: '/style.css?v=1' },
  { name: 'the static file of a folder', path: '/' },
  { name: 'a static file that is hidden', path: '/.secret' },
  { name: 'a static file above the folder', path: '/../index.js' },
  { name: 'a static file above the folder, encoded', path: '/%2e%2e/index.js' },
  { name: 'no static file', path: '/missing.css' },
];

/** LOAD_ALL_FUNCTIONS. */
const EVERY: readonly HttpRow[] = [
  { name: 'a function chosen by @fn', path: '/?@fn=one' },
  { name: 'a function chosen by @fn, an ECMAScript module', path: '/any/where?@fn=two&x=1' },
  { name: 'a function chosen by @fn that is not there', path: '/?@fn=three' },
  { name: 'no function chosen by @fn', path: '/' },
];

/** All pairs of servers. Rows run in order, those that hang beside the others. */
export const STAGES: readonly Stage[] = [
  {
    name: 'many functions',
    folder: 'many',
    env: {},
    rows: [...ROUTING, ...BODIES, ...UPLOADS, ...RESULTS, ...ERRORS, ...IDENTITY, ...SSE, ...SOCKETS, ...SHUTDOWN],
  },
  { name: 'one file', folder: 'alone', env: {}, rows: ALONE },
  { name: 'an extended context', folder: 'many', env: { EXTENDED_CONTEXT_KEY: 'X-Cloudbase-Context' }, rows: EXTENDED },
  {
    name: 'the examples of the typings',
    folder: 'examples',
    env: { EXTENDED_CONTEXT_KEY: 'X-Cloudbase-Context' },
    rows: EXAMPLES,
  },
  { name: 'a given context', folder: 'many', env: { EXTENDED_CONTEXT: '{"envId":"given"}' }, rows: GIVEN },
  {
    name: 'accounts and origins',
    folder: 'alone',
    env: { ALLOWED_ACCOUNTS: 'ada:secret', ENABLE_CORS: 'true', ALLOWED_ORIGINS: 'app.example.org' },
    rows: GUARDED,
  },
  { name: 'accounts and sockets', folder: 'many', env: { ALLOWED_ACCOUNTS: 'ada:secret' }, rows: GUARDED_SOCKETS },
  { name: 'production', folder: 'many', env: { NODE_ENV: 'production' }, rows: PRODUCTION },
  { name: 'a time limit', folder: 'many', env: { TIMEOUT: '150' }, rows: TIMEOUT },
  { name: 'a limit of requests', folder: 'many', env: { CONCURRENCY_LIMIT: '1' }, rows: CONCURRENCY },
  {
    name: 'static files',
    folder: 'static',
    env: { STATIC_SERVE_ROOT: 'public', STATIC_SERVE_INDEX: 'index.html', STATIC_SERVE_MAX_AGE: '60000' },
    rows: STATIC,
  },
  { name: 'every folder', folder: 'every', env: { LOAD_ALL_FUNCTIONS: 'true', FUNCTIONS_ROOT: '.' }, rows: EVERY },
];
