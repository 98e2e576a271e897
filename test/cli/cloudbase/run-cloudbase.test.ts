import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { CommandProject, HELLO_CONTROLLER } from '../command-project.js';

const SOCKET = `
const { WebSocket } = require('yunction');
Hello.prototype.said = function said(text) { return text; };
WebSocket('/said')(Hello.prototype, 'said', Object.getOwnPropertyDescriptor(Hello.prototype, 'said'));
Reflect.defineMetadata('design:paramtypes', [String], Hello.prototype, 'said');
`;
const STARTS = `${HELLO_CONTROLLER} ${SOCKET} require('yunction').start({ controllers: [Hello], onStart() { console.log('started'); } });`;
const BOOTSTRAP = '#!/bin/bash\nexec /var/lang/node20/bin/node built/main.js\n';
const SOCKET_FIELDS = { protocolType: 'WS', protocolParams: { wsParams: { idleTimeOut: 60 } } };

/** A project of one of these applications. */
function project(files: Readonly<Record<string, string>>): CommandProject {
  const made = new CommandProject({ scf_bootstrap: BOOTSTRAP, 'package.json': '{ "name": "@us/shop" }', ...files });
  chmodSync(join(made.folder, 'scf_bootstrap'), 0o755);
  after(() => made.remove());
  return made;
}

function deployed({ folder }: CommandProject): unknown {
  return JSON.parse(readFileSync(join(folder, 'cloudbaserc.json'), 'utf8'));
}

describe('yunction cloudbase', () => {
  it('writes the function that the application is; nothing listens and no hook runs', async () => {
    const made = project({ 'main.cjs': STARTS });
    const { code, stdout, stderr } = await made.run(['cloudbase', 'main.cjs']).ended;
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^cloudbaserc\.json: shop has now: type, dir, .*protocolType/);
    assert.match(stdout, /cannot be switched off again/);
    assert.match(stdout, /tcb fn deploy shop -e <environment>\n$/);
    assert.doesNotMatch(stdout, /started|ready on/);
    const base = {
      name: 'shop',
      type: 'HTTP',
      dir: '.',
      runtime: 'Nodejs20.19',
      timeout: 900,
      installDependency: false,
    };
    const concurrency = { instanceConcurrencyConfig: { dynamicEnabled: false, maxConcurrency: 100 } };
    const functions = [{ ...base, ...SOCKET_FIELDS, ...concurrency }];
    assert.deepEqual(deployed(made), { functionRoot: '.', functions });

    const checked = await made.run(['cloudbase', 'main.cjs', '--check']).ended;
    assert.deepEqual([checked.code, checked.stdout], [0, 'cloudbaserc.json: shop has all that it needs\n']);
  });

  it('says where what is written contradicts the application, adds what is missing, and changes nothing else', async () => {
    const entry = {
      name: 'api',
      isHTTP: true,
      timeout: 20,
      runtime: 'Nodejs18.15',
      envVariables: { WS_IDLE_TIMEOUT_MS: '30000' },
    };
    const made = project({
      'main.cjs': STARTS,
      'cloudbaserc.json': JSON.stringify({ envId: 'e', functions: [{ ...entry, protocolType: 'WS' }] }),
    });
    const check = await made.run(['cloudbase', 'main.cjs', '--check']).ended;
    assert.equal(check.code, 1);
    assert.match(check.stderr, /^yunction: cloudbaserc\.json:1: runtime of api: Nodejs18\.15 is too old: .* → write/m);
    assert.match(check.stderr, /timeout of api: it is 20 s, below the idle time-out of WebSockets \(30 s\) → /);
    assert.match(
      check.stdout,
      /api is without: type, dir, installDependency, protocolParams, instanceConcurrencyConfig/,
    );
    assert.deepEqual(deployed(made), { envId: 'e', functions: [{ ...entry, protocolType: 'WS' }] });

    const { code, stdout, stderr } = await made.run(['cloudbase', 'main.cjs']).ended;
    assert.equal(code, 0, 'a warning and no refusal');
    assert.match(stderr, /too old/);
    assert.match(stdout, /api has now: type, .*\none that was deployed without a type .* delete api first\n$/);
    const { functions } = deployed(made) as { functions: [Record<string, unknown>] };
    const { timeout, runtime, type, protocolParams } = functions[0];
    assert.deepEqual([timeout, runtime, type], [20, 'Nodejs18.15', 'HTTP']);
    assert.deepEqual(protocolParams, { wsParams: { idleTimeOut: 30 } }, 'by the variables of the deployment');
  });

  it('takes the packed folder where there is one, and reads its start script', async () => {
    const made = project({ 'main.cjs': `${HELLO_CONTROLLER} exports.Hello = Hello;` });
    made.write('packed/scf_bootstrap', BOOTSTRAP.replace('node20', 'node18').replace('exec ', ''));
    const { code, stderr } = await made.run(['cloudbase', 'main.cjs', '--name', 'hello']).ended;
    assert.equal(code, 0);
    assert.match(stderr, /packed\/scf_bootstrap: not everybody may execute it → chmod 755/);
    assert.match(stderr, /packed\/scf_bootstrap: node is not started by exec/);
    assert.match(stderr, /runtime of hello: it is Nodejs20\.19, and scf_bootstrap starts node 18/);
    const functions = [
      { name: 'hello', type: 'HTTP', dir: './packed', runtime: 'Nodejs20.19', timeout: 31, installDependency: false },
    ];
    assert.deepEqual(deployed(made), { functionRoot: '.', functions });
  });

  it('knows the WebSockets of functions, and writes the list of functions', async () => {
    const made = project({
      'functions/chat/index.js':
        'exports.main = () => 1; exports.main.handleUpgrade = () => ({ allowWebSocket: true });',
      'cloudbaserc.json': JSON.stringify({ functions: [{ name: 'chat', handler: 'index.main' }] }),
    });
    const listed = await made.run(['cloudbase', '--functions']).ended;
    assert.deepEqual([listed.code, listed.stdout], [0, 'wrote cloudbase-functions.json: chat\n']);
    const { code, stderr } = await made.run(['cloudbase']).ended;
    assert.deepEqual([code, stderr], [0, '']);
    const { functions } = deployed(made) as { functions: { name: string; protocolType?: string }[] };
    assert.deepEqual(
      functions.map(({ name, protocolType }) => [name, protocolType]),
      [
        ['chat', undefined],
        ['shop', 'WS'],
      ],
    );
    const routes = await made.run(['routes']).ended;
    assert.match(routes.stdout, /WS +\/chat\/\* +chat\.main/);
  });

  it('refuses an option that it does not know, and fails as a start does; nothing is written then', async () => {
    const made = project({ 'broken.cjs': 'throw new Error("on purpose");' });
    const unknown = await made.run(['cloudbase', '--chek']).ended;
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /'--chek'.*`yunction help`/);
    const broken = await made.run(['cloudbase', 'broken.cjs']).ended;
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /on purpose/);
    assert.equal(existsSync(join(made.folder, 'cloudbaserc.json')), false);
  });
});
