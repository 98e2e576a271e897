// oxlint-disable no-console -- the console is what is tested
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { captureConsole } from '#src/telemetry/capture-console.js';
import type { Logger } from '#src/telemetry/log.js';
import { startFixture } from '../fixtures/run-process.js';
import { type Line, recordInto } from '../serve.js';

describe('captureConsole', () => {
  const originals = { ...console };
  let lines: Line[];
  let current: Logger | undefined;
  let restore: () => void;
  beforeEach(() => {
    lines = [];
    current = undefined;
    restore = captureConsole(recordInto(lines), () => current);
  });
  afterEach(() => restore());

  it('writes each method’s text at its level, formatted as the console does', () => {
    console.log('a %s %d', 'b', 1, { c: 2 });
    console.info('info');
    console.debug('debug');
    console.warn('warn');
    console.error('error');
    restore();
    assert.deepEqual(
      lines.map(({ level, msg }) => [level, msg]),
      [
        ['info', 'a b 1 { c: 2 }'],
        ['info', 'info'],
        ['debug', 'debug'],
        ['warn', 'warn'],
        ['error', 'error'],
      ],
    );
  });

  it('shows an error alone as a logged error', () => {
    const error = new Error('no');
    console.error(error);
    restore();
    assert.deepEqual(lines, [{ level: 'error', msg: 'no', err: error }]);
  });

  it('uses the log of the request that is being handled', () => {
    current = recordInto(lines, { requestId: 'r' });
    console.log('within');
    current = undefined;
    console.log('without');
    restore();
    assert.deepEqual(
      lines.map(({ requestId }) => requestId),
      ['r', undefined],
    );
  });

  it('gives the console back as it was', () => {
    restore();
    for (const name of ['log', 'info', 'debug', 'warn', 'error', 'trace'] as const) {
      assert.equal(console[name], originals[name]);
    }
  });
});

describe('the option captureConsole', () => {
  const env = { CAPTURE_CONSOLE: 'true', YUNCTION_CURRENT_CONTEXT: 'true', LOG_FORMAT: 'json' };

  it('makes lines of the log of what start() and handlers write, with the request’s id', async () => {
    const process = startFixture('telemetry-app', [], { env });
    const url = `http://127.0.0.1:${await process.port()}`;
    await fetch(`${url}/talk`, { headers: { 'X-Request-Id': 'r-1' } });
    await process.output(/"msg":"request"/);
    process.signal('SIGTERM');
    const { stdout, code } = await process.ended;
    assert.equal(code, 0);
    assert.ok(
      stdout
        .trimEnd()
        .split('\n')
        .every((line) => line.startsWith('{')),
      stdout,
    );
    const lines = process.lines();
    assert.deepEqual(
      lines
        .filter(({ msg }) => msg === 'starting' || msg === 'in a handler 1')
        .map(({ level, requestId }) => [level, requestId]),
      [
        ['warn', undefined],
        ['info', 'r-1'],
      ],
    );
  });

  it('is off unless it is switched on', async () => {
    const process = startFixture('telemetry-app', [], { env: { LOG_FORMAT: 'json' } });
    const url = `http://127.0.0.1:${await process.port()}`;
    await fetch(`${url}/talk`);
    process.signal('SIGTERM');
    const { stdout, stderr } = await process.ended;
    assert.match(stdout, /^in a handler 1$/m);
    assert.match(stderr, /^starting$/m);
  });
});
