import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startFixture, TestProcess } from '../fixtures/run-process.js';

describe('createPinoLogger', () => {
  it('writes by pino what the built-in logger writes, secrets left out', async () => {
    const shapes: unknown[] = [];
    for (const options of [{ log: 'pino' }, {}]) {
      const process = startFixture('telemetry-app', [JSON.stringify(options)], { env: { LOG_FORMAT: 'json' } });
      const url = `http://127.0.0.1:${await process.port()}`;
      await fetch(`${url}/talk`, { headers: { 'X-Request-Id': 'r', 'User-Agent': 'u' } });
      await process.output(/"msg":"request"/);
      await fetch(`${url}/fails`);
      await process.output(/"status":500/);
      process.signal('SIGTERM');
      const { stdout, code } = await process.ended;
      assert.equal(code, 0);
      assert.ok(!stdout.includes('S3CRET'), stdout);
      const all = process.lines();
      const failure = all.find(({ msg }) => String(msg).startsWith('a handler failed'));
      assert.match(String(failure?.['msg']), /redis:\/\/user:\[redacted\]@host/);
      const lines = all.filter(({ msg, path }) => msg === 'logged' || (msg === 'request' && path === '/talk'));
      const noted = lines.map(({ time, ms, handlerMs, bytesIn, bytesOut, ...rest }) => {
        assert.match(String(time), /^\d{4}-\d\d-\d\dT/);
        for (const each of [ms, handlerMs, bytesIn, bytesOut])
          assert.ok(each === undefined || typeof each === 'number');
        return rest;
      });
      assert.equal(noted.length, 2);
      shapes.push(noted);
    }
    assert.deepEqual(shapes[0], shapes[1]);
  });

  it('names the package and the command where it is missing', async () => {
    // A module that cannot be found, without touching what is installed.
    const hide = `
      import module from 'node:module';
      const resolve = module._resolveFilename;
      module._resolveFilename = (name, ...rest) => resolve(name === 'pino' ? 'pino-that-is-not-there' : name, ...rest);
      const { createPinoLogger } = await import('#src/telemetry/pino-logger.js');
      createPinoLogger('info', []);`;
    const { stderr, code } = await new TestProcess(['--input-type=module', '-e', hide]).ended;
    assert.equal(code, 1);
    assert.match(stderr, /pino is not installed[^]*npm install pino/);
  });
});
