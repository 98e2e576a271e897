// Who takes part: how each is started, what it implements, and which packages a user of it installs.
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const HTTP = ['hello', 'query', 'order', 'invalid', 'upload'];
const SSE = ['sse', 'fanout', 'memory-sse'];
const WS = ['echo', 'broadcast', 'memory-ws'];
const say = (text) => JSON.stringify({ type: 'say', text });
const said = (text) => JSON.stringify({ text });
const framework = here('node_modules/@cloudbase/functions-framework/bin/tcb-ff.js');
const functions = here('peers/functions-framework');

/**
 * `server` and `hello`: arguments of node. `order`: a leaner server for the cold start to a first order, where there is
 * one. `packages`: what is installed for all scenarios of the peer, for the install size. `say` and `said`: a chat
 * message and its answer in the peer's own form.
 */
export const PEERS = [
  {
    name: 'floor',
    label: 'node:http + ws + busboy',
    server: [here('peers/floor/server.mjs')],
    hello: [here('peers/floor/hello.mjs')],
    order: [here('peers/floor/order.mjs')],
    packages: ['ws', 'busboy', 'ajv', 'ajv-formats'],
    scenarios: [...HTTP, ...SSE, ...WS],
  },
  {
    name: 'bare',
    label: 'node:http alone',
    hello: [here('peers/floor/bare.mjs')],
    packages: [],
    scenarios: [],
  },
  {
    name: 'yunction',
    label: 'Yunction',
    server: [here('built/yunction/main.js')],
    hello: [here('built/yunction/hello.js')],
    packages: ['yunction'],
    scenarios: [...HTTP, ...SSE, ...WS],
  },
  {
    name: 'fastify',
    label: 'Fastify',
    server: [here('peers/fastify/server.mjs')],
    hello: [here('peers/fastify/hello.mjs')],
    packages: ['fastify', '@fastify/multipart', '@fastify/sse', '@fastify/websocket'],
    scenarios: [...HTTP, ...SSE, ...WS],
  },
  {
    name: 'nest',
    label: 'NestJS on Fastify',
    server: [here('built/nest/main.js')],
    hello: [here('built/nest/hello.js')],
    packages: [
      '@nestjs/core',
      '@nestjs/common',
      '@nestjs/platform-fastify',
      '@nestjs/platform-ws',
      '@nestjs/websockets',
      '@fastify/multipart',
      'rxjs',
      'reflect-metadata',
      'class-validator',
      'class-transformer',
      'ws',
    ],
    scenarios: [...HTTP, ...SSE, ...WS],
    say: (text) => JSON.stringify({ event: 'say', data: { text } }),
    said: (text) => JSON.stringify({ event: 'said', data: { text } }),
  },
  {
    name: 'hono',
    label: 'Hono on Node',
    server: [here('peers/hono/server.mjs')],
    hello: [here('peers/hono/hello.mjs')],
    packages: ['hono', '@hono/node-server', '@hono/zod-validator', 'zod', 'ws'],
    scenarios: [...HTTP, ...SSE, ...WS],
  },
  {
    name: 'koa',
    label: 'Koa',
    server: [here('peers/koa/server.mjs')],
    hello: [here('peers/koa/hello.mjs')],
    packages: ['koa', '@koa/router', '@koa/bodyparser', '@koa/multer', 'multer', 'ajv', 'ajv-formats'],
    scenarios: [...HTTP, ...SSE],
  },
  {
    name: 'express',
    label: 'Express',
    server: [here('peers/express/server.mjs')],
    hello: [here('peers/express/hello.mjs')],
    packages: ['express', 'multer', 'ajv', 'ajv-formats'],
    scenarios: [...HTTP, ...SSE],
  },
  {
    name: 'routing-controllers',
    label: 'routing-controllers',
    server: [here('built/routing-controllers/main.js')],
    hello: [here('built/routing-controllers/hello.js')],
    packages: [
      'routing-controllers',
      'express',
      'body-parser',
      'multer',
      'class-validator',
      'class-transformer',
      'reflect-metadata',
    ],
    scenarios: HTTP,
  },
  {
    name: 'functions-framework',
    label: '@cloudbase/functions-framework',
    server: [framework, '--functionsConfigFile=cloudbase-functions.json', '--logEventContext=false'],
    hello: [framework, '--source=hello/index.mjs', '--functionsConfigFile=none.json', '--logEventContext=false'],
    cwd: functions,
    packages: ['@cloudbase/functions-framework', 'ajv', 'ajv-formats'],
    scenarios: [...HTTP, ...SSE, ...WS],
  },
].map((peer) => ({ say, said, ...peer }));
