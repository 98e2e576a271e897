import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { startFixture, type TestProcess } from './fixtures/run-process.js';

interface Loaded {
  packages: string[];
  builtins: string[];
}

/** What every application loads; each has its price in docs/dependencies.md. */
const ALWAYS = [
  'cookie',
  'fast-decode-uri-component',
  'fast-deep-equal',
  'fast-querystring',
  'find-my-way',
  'reflect-metadata',
  'ret',
  'safe-regex2',
  'secure-json-parse',
  'tslib',
  'tsyringe',
];

describe('an application without events, sockets, uploads and files', () => {
  let process: TestProcess;
  let url: string;
  before(async () => {
    process = startFixture('loaded-app');
    url = `http://127.0.0.1:${await process.port()}`;
  });
  after(async () => {
    process.signal('SIGTERM');
    await process.ended;
  });
  const loaded = async () => (await (await fetch(`${url}/loaded`)).json()) as Loaded;

  it('loads the packages that every application needs, and no others', async () => {
    assert.deepEqual((await loaded()).packages, ALWAYS);
  });

  it('loads none of node’s own modules that are large and seldom needed', async () => {
    const { builtins } = await loaded();
    assert.ok(builtins.includes('http'));
    // undici comes with every ESM import of node:http (nodejs/node#59686).
    for (const name of ['https', 'tls', 'http2', 'inspector', 'internal/deps/undici/undici']) {
      assert.ok(!builtins.includes(name), name);
    }
  });

  it('loads class-validator and class-transformer for the first event of a class', async () => {
    const headers = { 'Content-Type': 'application/json' };
    await fetch(`${url}/named`, { method: 'POST', headers, body: '{}' });
    const { packages } = await loaded();
    const more = packages.filter((name) => !ALWAYS.includes(name));
    assert.deepEqual(more, ['class-transformer', 'class-validator', 'libphonenumber-js', 'validator']);
  });
});
