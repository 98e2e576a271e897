import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { StartupError } from '#src/errors/startup-error.js';
import { type GivenOptions, OPTIONS } from '#src/options.js';
import { readOption, resolveOptions } from '#src/resolve-options.js';

function mistakesOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof StartupError, String(error));
    return error.mistakes.map(({ where, problem }) => `${where}: ${problem}`);
  }
  return [];
}

describe('resolveOptions', () => {
  it('takes the argument before the command line, that before the environment, and that before the default', () => {
    const env = { PORT: '1' };
    const argv = ['--port', '2'];
    assert.equal(resolveOptions({ port: 3 }, { argv, env }).port, 3);
    assert.equal(resolveOptions({}, { argv, env }).port, 2);
    assert.equal(resolveOptions({ port: undefined }, { env }).port, 1);
    assert.equal(resolveOptions({}).port, 9000);
  });

  it('reads the port’s names in the order of the platforms, and takes an empty one for none', () => {
    const { env } = OPTIONS.port;
    for (const [index, name] of env.entries()) {
      const given = Object.fromEntries(env.slice(index).map((each, number) => [each, String(1000 + index + number)]));
      assert.equal(resolveOptions({}, { env: { ...given, [name]: '7' } }).port, 7, name);
      assert.equal(resolveOptions({}, { env: { [name]: '' } }).port, 9000);
    }
  });

  it('reads names on the command line with dashes or without, with = or a blank, and a flag alone as true', () => {
    for (const argv of [['--maxBodyBytes', '5'], ['--max-body-bytes=5'], ['--MAXBODYBYTES', '5', '--noExit']]) {
      assert.equal(resolveOptions({}, { argv }).maxBodyBytes, 5, argv.join(' '));
    }
    assert.equal(resolveOptions({}, { argv: ['--no-exit'] }).noExit, true);
    assert.equal(resolveOptions({}, { argv: ['--no-exit', '--port', '1'] }).noExit, true);
    assert.equal(resolveOptions({}, { argv: ['--no-exit=false'] }).noExit, false);
  });

  it('takes a name of the environment on the command line too, after the option’s own', () => {
    assert.equal(resolveOptions({}, { argv: ['--timeout=5'] }).handlerTimeoutMs, 5);
    assert.equal(resolveOptions({}, { argv: ['--keepAliveTimeout', '6'] }).keepAliveTimeoutMs, 6);
    assert.equal(resolveOptions({}, { argv: ['--timeout=5', '--handlerTimeoutMs=7'] }).handlerTimeoutMs, 7);
    assert.deepEqual(
      mistakesOf(() => resolveOptions({}, { argv: ['--timeout=abc'] })),
      ['--handlerTimeoutMs: "abc" is not allowed'],
    );
  });

  it('leaves arguments alone that are none of its own', () => {
    const argv = ['main.js', '-v', '--logDirname=/tmp/logs', '--interceptOutput=true', '--'];
    assert.deepEqual(resolveOptions({}, { argv }), resolveOptions({}));
  });

  it('reads a list and a switch with three positions', () => {
    const { origins, trustProxy } = resolveOptions({}, { env: { YUNCTION_ORIGINS: ' a , b,', TRUST_PROXY: 'TRUE' } });
    assert.deepEqual([origins, trustProxy], [['a', 'b'], true]);
  });

  it('pings at least twice within the idle time-out of the platform', () => {
    const heartbeat = (wsIdleTimeoutMs: number, wsHeartbeatMs?: number) =>
      resolveOptions({ wsIdleTimeoutMs, wsHeartbeatMs }).wsHeartbeatMs;
    assert.deepEqual([heartbeat(0), heartbeat(0, 0), heartbeat(600_000)], [30_000, 0, 30_000]);
    assert.deepEqual([heartbeat(15_000), heartbeat(15_000, 0), heartbeat(15_000, 1000)], [7500, 7500, 1000]);
  });

  it('has a default for each option that the option itself allows', () => {
    for (const [name, definition] of Object.entries(OPTIONS)) {
      assert.equal(definition.accepts(definition.fallback), true, name);
    }
  });

  it('names every bad value by its source', () => {
    assert.deepEqual(
      mistakesOf(() =>
        resolveOptions(
          { maxFiles: -1 },
          { argv: ['--max-headers', 'x'], env: { MAX_JSON_DEPTH: '1e3', LOG_LEVEL: 'loud' } },
        ),
      ),
      [
        'environment MAX_JSON_DEPTH: "1e3" is not allowed',
        'option maxFiles: -1 is not allowed',
        '--maxHeaders: "x" is not allowed',
        'environment LOG_LEVEL: "loud" is not allowed',
      ],
    );
  });

  it('refuses any value that is not allowed with a StartupError, whatever it is', () => {
    const names = Object.keys(OPTIONS) as (keyof GivenOptions)[];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.anything({ withBigInt: true, withDate: true }), (name, value) => {
        const allowed = value === undefined || OPTIONS[name].accepts(value);
        const mistakes = mistakesOf(() => resolveOptions({ [name]: value }));
        if (allowed) assert.ok(mistakes.length === 0 || name === 'port');
        else assert.equal(mistakes.length, 1);
      }),
      { numRuns: 500 },
    );
  });

  it('raises a default body limit to the platform’s, and never one that somebody gave', () => {
    const MiB = 1024 * 1024;
    const limit = (given: GivenOptions, env: NodeJS.ProcessEnv = {}) => resolveOptions(given, { env }).maxBodyBytes;
    assert.equal(limit({}), MiB);
    assert.equal(limit({ platform: 'scf' }), 6 * MiB);
    assert.equal(limit({ platform: 'fc' }), 32 * MiB);
    assert.equal(limit({ platform: 'scf', maxBodyBytes: MiB }), MiB);
    assert.equal(limit({ platform: 'scf' }, { MAX_BODY_BYTES: String(MiB) }), MiB);
    assert.equal(resolveOptions({ platform: 'fc' }, { argv: ['--max-body-bytes', String(MiB)] }).maxBodyBytes, MiB);
  });

  it('refuses ports that a platform keeps for itself, on that platform alone', () => {
    assert.deepEqual(
      mistakesOf(() => resolveOptions({ platform: 'scf', port: 28902 })),
      ['option port: the platform keeps port 28902 for itself'],
    );
    assert.equal(resolveOptions({ platform: 'local', port: 28902 }).port, 28902);
  });

  it('shows errors to clients only where a person develops: locally, or where NODE_ENV says so', () => {
    const exposes = (env: NodeJS.ProcessEnv) => resolveOptions({}, { env }).exposeErrors;
    assert.deepEqual(
      [exposes({}), exposes({ NODE_ENV: 'production' }), exposes({ NODE_ENV: 'test' })],
      [true, false, true],
    );
    assert.deepEqual([exposes({ TENCENTCLOUD_RUNENV: 'SCF' }), exposes({ K_SERVICE: 'a' })], [false, false]);
    assert.equal(exposes({ TENCENTCLOUD_RUNENV: 'SCF', NODE_ENV: 'development' }), true);
    assert.equal(exposes({ TENCENTCLOUD_RUNENV: 'SCF', CAPTURE_STACK: 'true' }), true);
  });

  it('keeps uploads in the folder given, else the platform’s, else the system’s', () => {
    assert.equal(resolveOptions({ temporaryFolder: '/x' }).temporaryFolder, '/x');
    assert.equal(resolveOptions({ platform: 'scf' }).temporaryFolder, '/tmp');
    assert.notEqual(resolveOptions({}).temporaryFolder, '');
  });
});

describe('readOption', () => {
  it('reads one option, and takes its default for a value that is not allowed', () => {
    assert.equal(readOption('target', { env: { FUNCTION_TARGET: 'a' } }), 'a');
    assert.equal(readOption('target', { argv: ['--target', 'b'], env: { FUNCTION_TARGET: 'a' } }), 'b');
    assert.equal(readOption('port', { env: { PORT: 'x' } }), 9000);
    assert.equal(readOption('loadAllFunctions', {}), false);
  });
});
