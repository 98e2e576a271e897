import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { DeployFile } from '#src/cli/cloudbase/deploy-file.js';
import { StartupError } from '#src/errors/startup-error.js';
import { inFolder } from './in-folder.js';

const WANTED = { type: 'HTTP', timeout: 60, protocolParams: { wsParams: { idleTimeOut: 30 } } };

describe('DeployFile', () => {
  it('is written where there is none', () => {
    inFolder({}, (read) => {
      const file = new DeployFile();
      assert.deepEqual([file.exists, file.find(undefined, 'shop')], [false, undefined]);
      assert.deepEqual(file.add('shop', WANTED), ['type', 'timeout', 'protocolParams']);
      file.write();
      const expected = { functionRoot: '.', functions: [{ name: 'shop', ...WANTED }] };
      assert.equal(read('cloudbaserc.json'), `${JSON.stringify(expected, null, 2)}\n`);
      assert.deepEqual(new DeployFile().add('shop', WANTED), [], 'a second time there is nothing to do');
    });
  });

  it('keeps what is there, known or not, in its order and with its indentation', () => {
    const written = {
      version: '2.0',
      envId: '{{env.ENV_ID}}',
      functions: [
        { name: 'other', runtime: 'Python3.10' },
        { timeout: 5, name: 'shop', protocolParams: { wsParams: { other: true }, more: 1 }, vpc: { vpcId: 'v' } },
      ],
      framework: { plugins: {} },
    };
    inFolder({ 'cloudbaserc.json': written }, (read) => {
      const file = new DeployFile();
      assert.deepEqual(file.add('shop', WANTED), ['type', 'protocolParams.wsParams.idleTimeOut']);
      file.write();
      const [other, shop] = written.functions;
      const now = { ...shop, protocolParams: { wsParams: { other: true, idleTimeOut: 30 }, more: 1 }, type: 'HTTP' };
      assert.equal(read('cloudbaserc.json'), `${JSON.stringify({ ...written, functions: [other, now] }, null, 4)}\n`);
    });
  });

  it('sees the defaults of the file and the older form of a function, and does not say them again', () => {
    const written = { functionDefaultConfig: { timeout: 7 }, functions: [{ name: 'shop', config: { type: 'HTTP' } }] };
    inFolder({ 'cloudbaserc.json': written }, () => {
      const file = new DeployFile();
      const { timeout, type } = file.find('shop', '')?.fields ?? {};
      assert.deepEqual([timeout, type, file.add('shop', WANTED)], [7, 'HTTP', ['protocolParams']]);
    });
  });

  it('never takes a function of events for the application, unless it is named so', () => {
    const events = [
      { name: 'a', handler: 'index.main' },
      { name: 'b', type: 'Event' },
    ];
    inFolder({ 'cloudbaserc.json': { functions: events } }, () => {
      const file = new DeployFile();
      assert.deepEqual([file.find(undefined, 'shop'), file.find(undefined, 'b')?.name], [undefined, 'b']);
    });
    const both = [...events, { name: 'web', type: 'http', handler: 'index.main' }];
    inFolder({ 'cloudbaserc.json': { functions: both } }, () => {
      assert.equal(new DeployFile().find(undefined, 'shop')?.name, 'web');
    });
  });

  it('finds the application’s function: the named, the only, or that of the package’s name', () => {
    inFolder({ 'cloudbaserc.json': { functions: [{ name: 'a' }] } }, () => {
      const file = new DeployFile();
      assert.deepEqual([file.find(undefined, 'shop')?.name, file.find('new', 'a')], ['a', undefined]);
    });
    inFolder({ 'cloudbaserc.json': { functions: [{ name: 'a' }, { name: 'b' }] } }, () => {
      const file = new DeployFile();
      assert.deepEqual([file.find(undefined, 'b')?.name, file.find('a', 'b')?.name], ['b', 'a']);
      assert.throws(() => file.find(undefined, 'shop'), /cloudbaserc\.json:2: which of a, b.*--name/);
    });
  });

  it('knows where a field stands', () => {
    inFolder({ 'cloudbaserc.json': { functions: [{ name: 'a', timeout: 3 }] } }, () => {
      const found = new DeployFile().find('a', '');
      assert.deepEqual(
        [found?.placeOf(['timeout']), found?.placeOf(['type'])],
        ['cloudbaserc.json:5', 'cloudbaserc.json:3'],
      );
    });
  });

  for (const [what, text, words] of [
    ['no JSON', '{ "functions": [ }', /cloudbaserc\.json:1:18: it is no JSON/],
    ['no object', '[]', /holds no object/],
    ['no list of functions', '{ "functions": {} }', /no array of objects/],
    ['a list of something else', '{ "functions": [1] }', /no array of objects/],
  ] as const) {
    it(`refuses a file that is ${what}, and leaves it alone`, () => {
      inFolder({ 'cloudbaserc.json': text }, (read) => {
        assert.throws(
          () => new DeployFile(),
          (error: unknown) => error instanceof StartupError && words.test(error.message),
        );
        assert.equal(read('cloudbaserc.json'), text);
      });
    });
  }
});
