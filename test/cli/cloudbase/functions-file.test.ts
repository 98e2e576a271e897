import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { DeployFile } from '#src/cli/cloudbase/deploy-file.js';
import { writeFunctionsFile } from '#src/cli/cloudbase/functions-file.js';
import { readFunctionsConfig } from '#src/functions/functions-config.js';
import { inFolder } from './in-folder.js';

const DEPLOYED = {
  functionRoot: 'cloudfunctions',
  functions: [
    { name: 'orders', runtime: 'Nodejs18.15', handler: 'index.main' },
    { name: 'web', dir: './cloudfunctions/site', handler: 'built/app.api.main', path: '/' },
    { name: 'shop', type: 'HTTP', dir: './packed' },
  ],
};

describe('writeFunctionsFile', () => {
  it('serves the functions that were deployed one by one, each at its path or its name', () => {
    inFolder({ 'cloudbaserc.json': DEPLOYED }, () => {
      assert.deepEqual(writeFunctionsFile(new DeployFile()), ['orders', 'web']);
      const { functionsRoot, functions, routes } = readFunctionsConfig('cloudbase-functions.json');
      assert.equal(functionsRoot, 'cloudfunctions');
      assert.deepEqual(
        functions.map(({ directory, source, target }) => [directory, source, target]),
        [
          ['orders', '', ''],
          ['site', 'built/app', 'api.main'],
        ],
      );
      assert.deepEqual(routes, [
        { path: '/orders', functionName: 'orders' },
        { path: '/', functionName: 'web' },
      ]);
    });
  });

  it('never writes over one that is there', () => {
    inFolder({ 'cloudbaserc.json': DEPLOYED, 'cloudbase-functions.json': '{}' }, (read) => {
      assert.throws(() => writeFunctionsFile(new DeployFile()), /it is there already/);
      assert.equal(read('cloudbase-functions.json'), '{}');
    });
  });

  it('says which function it cannot serve, and where nothing is named', () => {
    const outside = { functionRoot: 'functions', functions: [{ name: 'far', dir: '../far' }] };
    inFolder({ 'cloudbaserc.json': outside }, () => {
      assert.throws(() => writeFunctionsFile(new DeployFile()), /cloudbaserc\.json:6: far is not below functions/);
    });
    inFolder({}, () => assert.throws(() => writeFunctionsFile(new DeployFile()), /names no function/));
  });
});
