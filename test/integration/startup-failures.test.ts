import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { type Ended, runText, TestProcess } from '../fixtures/run-process.js';

const APPLICATION = `
import { Controller, Http, start } from 'yunction';
class Hello { hello() { return 'hello'; } }
Http('POST', '/')(Hello.prototype, 'hello', Object.getOwnPropertyDescriptor(Hello.prototype, 'hello'));
Reflect.defineMetadata('design:paramtypes', [], Hello.prototype, 'hello');
Controller()(Hello);
`;

/** Exit code 1, words on standard error and no stack. */
function assertRefused({ code, stdout, stderr }: Ended, ...patterns: readonly RegExp[]): void {
  assert.equal(code, 1, stdout + stderr);
  assert.doesNotMatch(stdout, /ready on/);
  assert.match(stderr, /^yunction: /);
  // One mistake is one line, with its remedy.
  if (!/mistakes stop the start/.test(stderr)) assert.match(stderr, /^yunction: .+: .+ → .+\n$/);
  assert.doesNotMatch(stderr, /^\s+at /m);
  for (const pattern of patterns) assert.match(stderr, pattern);
}

const run = (options: string, env: Record<string, string> = {}, args: readonly string[] = []) =>
  runText(`${APPLICATION} start({ controllers: [Hello], port: 0, host: '127.0.0.1', ...${options} });`, { env, args });
const runWithEnvironment = (env: Record<string, string>, args: readonly string[] = []) =>
  runText(`${APPLICATION} start({ controllers: [Hello] });`, { env, args });

describe('start() ends with code 1 and readable text', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yunction-test-'));
  after(() => rmSync(folder, { recursive: true }));

  it('for bad option values in code, one entry for each', async () => {
    assertRefused(
      await run(`{ maxFiles: 'many', logLevel: 'loud', maxBodyBytes: 10n, maxFileBytes: NaN }`),
      /4 mistakes stop the start/,
      /option maxFiles: "many" is not allowed\n {4}→ give a whole number from 0 to 2\^53-1 \(default 20\)/,
      /option logLevel: "loud" is not allowed\n {4}→ give one of trace, debug/,
      /option maxBodyBytes: 10n is not allowed/,
      /option maxFileBytes: NaN is not allowed/,
    );
  });

  it('for bad values on the command line and in the environment, by the name that they have there', async () => {
    assertRefused(
      await runWithEnvironment({ PORT: 'http', MAX_FILES: '-1' }, ['--max-body-bytes=1mb', '--noExit', 'maybe']),
      /4 mistakes/,
      /environment PORT: "http" is not allowed\n {4}→ give a whole number from 0 to 65535 \(default 9000\)/,
      /environment MAX_FILES: "-1"/,
      /--maxBodyBytes: "1mb"/,
      /--noExit: "maybe" is not allowed\n {4}→ give true or false/,
    );
  });

  it('for an option that does not exist, even by a name that every object has', async () => {
    assertRefused(await run('{ maxBody: 1 }'), /option maxBody: there is no such option/, /maxBodyBytes/);
    assertRefused(await run('{ toString: 1 }'), /option toString: there is no such option/);
  });

  it('for a port that the platform keeps for itself', async () => {
    assertRefused(await run(`{ port: 28902, platform: 'scf' }`), /the platform keeps port 28902 for itself/);
  });

  it('for a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    assertRefused(await run(`{ port: ${port} }`), new RegExp(`port ${port}: it is taken → .*PORT=${port + 1}`));
    other.close();
  });

  it('for a host that this machine does not have', async () => {
    const remedy = /→ listen on 0\.0\.0\.0/;
    assertRefused(
      await run(`{ host: '203.0.113.7' }`),
      /host 203\.0\.113\.7: this machine has no such address/,
      remedy,
    );
    assertRefused(await run(`{ host: 'no-such-host.invalid' }`), /host no-such-host\.invalid/, remedy);
  });

  it('for a temporary folder that cannot be written to', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    assertRefused(
      await run(`{ temporaryFolder: ${JSON.stringify(join(file, 'below'))} }`),
      /the folder .*below: uploads cannot be stored there: ENOTDIR/,
      /YUNCTION_TMP=\/tmp/,
    );
  });

  it('for an onStart hook that fails', async () => {
    assertRefused(
      await run(`{ onStart: [() => undefined, async () => { throw new Error('no database'); }] }`),
      /onStart: it failed: Error: no database/,
    );
  });

  it('for a constructor that throws', async () => {
    const source = `${APPLICATION} class Broken extends Hello { constructor() { super(); throw new Error('no key'); } }
      start({ controllers: [Broken] });`;
    assertRefused(await runText(source), /Broken: its constructor failed: Error: no key → mend what/);
  });

  it('for controllers that are no array', async () => {
    assertRefused(await runText(`${APPLICATION} start({});`), /controllers: /);
    assertRefused(await runText(`${APPLICATION} start({ controllers: Hello });`), /controllers: /);
  });

  it('for code that was compiled without metadata, naming the line', async () => {
    assertRefused(
      await new TestProcess(['test/fixtures/broken/no-metadata.mjs']).ended,
      /OrderController\.find \(test\/fixtures\/broken\/no-metadata\.mjs:14\): the compiler did not tell/,
      /emitDecoratorMetadata/,
    );
  });

  it('for an event class that an import circle left undefined', async () => {
    const { stderr, ...ended } = await new TestProcess(['--no-warnings', 'test/fixtures/broken/circle.cjs']).ended;
    assertRefused(
      { stderr, ...ended },
      /CircleController\.find \(test\/fixtures\/broken\/circle-controller\.cjs:\d+\)/,
    );
    assert.match(stderr, /an import circle/);
  });
});

describe('yunction start', () => {
  const cli = (...args: string[]) => new TestProcess(['built/cli/yunction.js', ...args]).ended;

  it('ends with code 1 for a module that is not there, or has nothing to start', async () => {
    assertRefused(await cli('start', 'no/such.js'), /no\/such\.js: there is no such file → compile/);
    assertRefused(await cli('start', 'built/errors/http-error.js'), /neither calls start\(\) nor exports a controller/);
  });

  it('ends with code 1 for a package.json that cannot be read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'yunction-test-'));
    writeFileSync(join(folder, 'package.json'), '{');
    const command = new URL('../../../built/cli/yunction.js', import.meta.url).pathname;
    assertRefused(await new TestProcess([command, 'start'], { cwd: folder }).ended, /package\.json: it cannot be read/);
    rmSync(folder, { recursive: true });
  });

  it('says that there is no such command, whatever its name', async () => {
    for (const name of ['stop', 'constructor', '__proto__']) {
      const { code, stderr } = await cli(name);
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`there is no command ${name}\\n\\nUsage`));
    }
  });

  it('shows its usage with every option when asked', async () => {
    const { code, stdout } = await cli('--help');
    assert.equal(code, 0);
    assert.match(stdout, /yunction start +\[module\]/);
    assert.match(stdout, /--maxBodyBytes .*MAX_BODY_BYTES/);
  });

  it('prints the route table of a module with `routes`, and listens to nothing', async () => {
    const { code, stdout } = await cli('routes', 'test/built/fixtures/lifecycle-app.js');
    assert.equal(code, 0);
    assert.match(stdout, /^ {2}SSE +\/events +LifecycleController\.events\n/);
    assert.doesNotMatch(stdout, /ready on/);
  });
});
