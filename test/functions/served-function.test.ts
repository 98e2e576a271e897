import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { request } from 'undici';

import { controllerSource } from './controller-source.js';
import { serveProject } from './serve-project.js';

class Stamp {
  readonly id = Math.random();
  handle(context: { response: { setHeader(name: string, value: string): unknown } }, next: () => Promise<unknown>) {
    context.response.setHeader('X-Stamp', String(this.id));
    return next();
  }
}

const file = (name: string) => ({
  functions: [{ name, directory: '.', triggerPath: '/f' }],
});

describe('serveFunction', () => {
  it('answers for the mistakes of its controllers, each with its remedy in the log', async () => {
    const served = await serveProject({
      'cloudbase-functions.json': file('f'),
      'index.js': controllerSource('TwiceController', '/', [
        ['Http', "'GET', '/a'", 'one()', '{}'],
        ['Http', "'GET', '/a'", 'two()', '{}'],
      ]),
    });
    assert.equal((await request(`${served.url}/f/a`)).statusCode, 500);
    const [report] = await served.app.loadFunctions();
    assert.match(report?.failure ?? '', /TwiceController\.two.*answers the same requests.* → change the path/);
    await served.close();
  });

  it('gives the application’s one instance of a middleware class to a function with a container of its own', async () => {
    const served = await serveProject(
      {
        'cloudbase-functions.json': {
          functions: [...file('own').functions, { name: 'other', directory: 'other', triggerPath: '/other' }],
        },
        'index.js':
          'exports.main = () => "own"; exports.container = require("tsyringe").container.createChildContainer();',
        'other/index.js': 'exports.main = () => "other";',
      },
      { use: [Stamp] },
    );
    const stamps = [];
    for (const path of ['/f', '/other']) stamps.push((await request(`${served.url}${path}`)).headers['x-stamp']);
    assert.equal(stamps[0], stamps[1]);
    assert.ok(stamps[0] !== undefined);
    await served.close();
  });

  it('disposes what its own container has made when the application closes', async () => {
    const served = await serveProject({
      'cloudbase-functions.json': file('f'),
      'index.js': `class Pool { dispose() { globalThis.poolDisposed = true; } }
${controllerSource('PoolController', '/', [['Http', "'GET', '/'", 'get()', "{ return 'x'; }"]], 'Pool')}
exports.container = require('tsyringe').container.createChildContainer();`,
    });
    assert.equal(await (await request(`${served.url}/f`)).body.text(), 'x');
    await served.close();
    assert.equal((globalThis as { poolDisposed?: boolean }).poolDisposed, true);
  });
});
