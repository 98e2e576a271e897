import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { exchange, head } from '../integration/http-raw-client.js';
import { ROOT, TestProcess } from '../fixtures/run-process.js';
import { controllerSource } from '../functions/controller-source.js';
import { ProjectFolder } from '../functions/project-folder.js';

const COMMAND = `${ROOT}/built/cli/yunction.js`;
const folders: ProjectFolder[] = [];
after(() => {
  for (const folder of folders) folder.remove();
});

interface Run {
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  readonly command?: string;
}

function run(
  files: Record<string, string | object>,
  { args = [], env = {}, command = 'start' }: Run = {},
): TestProcess {
  const folder = new ProjectFolder(files);
  folders.push(folder);
  const all = { PORT: '0', YUNCTION_HOST: '127.0.0.1', ...env };
  return new TestProcess([COMMAND, command, ...args], { cwd: folder.path, env: all });
}

const say = (text: string) => `exports.main = () => '${text}';`;
const config = (...functions: object[]) => ({ functions });

describe('yunction start in a folder', () => {
  async function bodyOf(child: TestProcess, path = '/'): Promise<string> {
    const { body } = await exchange(await child.port(), head(`GET ${path}`));
    child.signal('SIGTERM');
    assert.equal((await child.ended).code, 0);
    return body;
  }

  for (const [what, files, run_, path, body] of [
    ['with only an index.js that exports main', { 'index.js': say('one') }, {}, '/x', 'one'],
    ['with only an index.mjs', { 'index.mjs': 'export const main = () => "esm";' }, {}, '/', 'esm'],
    [
      'whose package.json names the module',
      { 'package.json': { main: 'built/f.js' }, 'built/f.js': say('named') },
      {},
      '/',
      'named',
    ],
    [
      'whose package.json names a folder',
      { 'package.json': { main: 'built' }, 'built/index.js': say('folder') },
      {},
      '/',
      'folder',
    ],
    [
      'with another target',
      { 'index.js': 'exports.api = { main: () => "deep" };' },
      { args: ['--target', 'api.main'] },
      '/',
      'deep',
    ],
    [
      'with FUNCTION_TARGET and FUNCTION_SOURCE',
      { 'x/f.js': 'exports.go = () => "env";' },
      { env: { FUNCTION_SOURCE: 'x/f.js', FUNCTION_TARGET: 'go' } },
      '/',
      'env',
    ],
    [
      'with cloudbase-functions.json',
      { 'cloudbase-functions.json': config({ name: 'a', directory: 'a', triggerPath: '/a' }), 'a/index.js': say('a') },
      {},
      '/a/b',
      'a',
    ],
    [
      'with cloudbase-functions.json beside an application’s module',
      {
        'cloudbase-functions.json': config({ name: 'a', directory: '.', triggerPath: '/' }),
        'package.json': { main: 'index.js' },
        'index.js': say('by the file'),
      },
      {},
      '/',
      'by the file',
    ],
    [
      'with the file under another name',
      { 'f.json': config({ name: 'a', directory: '.', triggerPath: '/' }), 'index.js': say('other') },
      { env: { FUNCTIONS_CONFIG_FILE: 'f.json' } },
      '/',
      'other',
    ],
    [
      'that is named',
      {
        'project/cloudbase-functions.json': config({ name: 'a', directory: '.', triggerPath: '/' }),
        'project/index.js': say('in it'),
      },
      { args: ['project'] },
      '/',
      'in it',
    ],
    [
      'of functions',
      { 'all/a/index.js': say('chosen') },
      { args: ['--loadAllFunctions=true', '--functionsRoot=all'] },
      '/?@fn=a',
      'chosen',
    ],
    [
      'with the options of the platform’s framework',
      { 'index.js': say('options') },
      {
        args: [
          '--logDirname=/tmp/logs',
          '--interceptOutput=true',
          '--timeout=5000',
          '--signatureType=event',
          '--unheardOf',
        ],
      },
      '/',
      'options',
    ],
  ] as const) {
    it(`runs one ${what}`, async () => {
      assert.equal(await bodyOf(run(files, run_), path), body);
    });
  }

  it('lists its functions in the ready line', async () => {
    const child = run({
      'cloudbase-functions.json': config({ name: 'a', directory: '.', triggerPath: '/a' }),
      'index.js': say('a'),
    });
    await child.port();
    const ready = child.lines().find(({ msg }) => String(msg).startsWith('ready on'));
    assert.deepEqual(ready?.['routes'], ['ALL /a/* a.main (index.js, loaded at its first request)']);
    child.signal('SIGTERM');
    await child.ended;
  });

  it('names what is wrong with the file, and ends with exit code 1', async () => {
    const { code, stderr } = await run({
      'cloudbase-functions.json': '{\n"routes": [{"path":"/","functionName":"x"}] }',
    }).ended;
    assert.equal(code, 1);
    assert.match(stderr, /cloudbase-functions\.json:2: there is no function x → name one of functions/);
  });

  it('names what it lacks where there is nothing to run', async () => {
    const { code, stderr } = await run({ 'index.js': 'exports.other = 1;' }).ended;
    assert.equal(code, 1);
    assert.match(stderr, /neither calls start\(\) nor exports a controller/);
  });
});

describe('yunction start --dry-run', () => {
  const files = {
    'cloudbase-functions.json': config(
      { name: 'a', directory: 'a', triggerPath: '/a' },
      { name: 'b', directory: 'b', triggerPath: '/b' },
    ),
    'a/index.js': say('a'),
    'b/index.js': say('b'),
  };

  it('loads all, reports, and ends with 0 where all is well', async () => {
    const { code, stdout } = await run(files, { args: ['--dry-run'] }).ended;
    assert.equal(code, 0);
    assert.match(stdout, /^loaded {2}a {2}a\/index\.js {2}\d+ ms\nloaded {2}b/);
    assert.doesNotMatch(stdout, /ready on/);
  });

  it('names each function that cannot be loaded, and ends with 1', async () => {
    const broken = { ...files, 'a/index.js': 'throw new Error("no database");', 'b/index.js': 'exports.main = 5;' };
    const { code, stdout } = await run(broken, { args: ['--dry-run'], env: { LOG_LEVEL: 'silent' } }).ended;
    assert.equal(code, 1);
    assert.match(
      stdout,
      /FAILED {2}a .*\n +Error: no database\nFAILED {2}b .*\n +Error: its export main is no function: it is a number/,
    );
  });
});

describe('yunction routes', () => {
  it('loads all functions and lists what each is', async () => {
    const controller = controllerSource('XController', '/x', [['Http', "'GET', '/'", 'get()', '{}']]);
    const { code, stdout } = await run(
      {
        'cloudbase-functions.json': config({ name: 'a', directory: '.', triggerPath: '/a' }),
        'index.js': `${controller} ${say('a')}`,
      },
      { command: 'routes' },
    ).ended;
    assert.equal(code, 0);
    assert.match(stdout, /ALL +\/a\/\* +a\.main\n +GET +\/a\/x +XController\.get/);
  });
});

describe('main.js', () => {
  it('runs a folder of functions, so that a migrating project changes one line of its scf_bootstrap', async () => {
    const folder = new ProjectFolder({ 'index.js': say('moved') });
    folders.push(folder);
    const args = [
      'node_modules/yunction/built/main.js',
      '--port=0',
      '--host=127.0.0.1',
      '--logDirname=/tmp/logs',
      '--extendedContextKey=X-Cloudbase-Context',
    ];
    const child = new TestProcess(args, { cwd: folder.path });
    assert.equal((await exchange(await child.port(), head('GET /'))).body, 'moved');
    child.signal('SIGTERM');
    await child.ended;
  });
});
