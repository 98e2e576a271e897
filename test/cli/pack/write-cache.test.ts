import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { APPLICATION_FILE, CACHE_FILE, WRAPPER } from '#src/cli/pack/loader.js';
import { type Ended, ROOT, TestProcess } from '../../fixtures/run-process.js';

const SCRIPT = join(ROOT, 'built/cli/pack/write-cache.js');
const folder = mkdtempSync(join(tmpdir(), 'yunction-cache-'));
after(() => rmSync(folder, { recursive: true }));

/** Writes an application of this text and its cache. */
async function writeCache(
  name: string,
  body: string,
  args: readonly string[] = [],
): Promise<Ended & { built: string }> {
  const built = join(folder, name);
  mkdirSync(built);
  writeFileSync(join(built, APPLICATION_FILE), WRAPPER.start + body + WRAPPER.end);
  return { ...(await new TestProcess([SCRIPT, built, ...args]).ended), built };
}

/** Whether a process with the usual flags takes the cache, and what the code in it answers. */
async function taken(built: string): Promise<unknown> {
  const check = `
    const { readFileSync } = require('node:fs');
    const { Script } = require('node:vm');
    const filename = ${JSON.stringify(join(built, APPLICATION_FILE))};
    const cachedData = readFileSync(${JSON.stringify(join(built, CACHE_FILE))});
    const script = new Script(readFileSync(filename, 'utf8'), { filename, cachedData });
    console.log(JSON.stringify({ rejected: script.cachedDataRejected, type: typeof script.runInThisContext() }));`;
  const { stdout } = await new TestProcess(['-e', check]).ended;
  return JSON.parse(stdout);
}

describe('the script that writes the code cache', () => {
  const REPORT = `
    module.exports = async (withEvents) => {
      const { argv, env } = process;
      console.log(JSON.stringify({ withEvents, argv: argv.slice(2), command: env.YUNCTION_COMMAND, place: [__filename, __dirname] }));
      (function warmed() { return 'warm'; })();
    };`;

  it('runs the warm-up of the bundle, with the bundle’s own place and no arguments, and writes what V8 takes', async () => {
    const { code, stdout, stderr, built } = await writeCache('plain', REPORT);
    assert.deepEqual([code, stderr], [0, '']);
    assert.deepEqual(JSON.parse(stdout), {
      withEvents: false,
      argv: [],
      command: 'warm-up',
      place: [join(built, APPLICATION_FILE), built],
    });
    assert.deepEqual(await taken(built), { rejected: false, type: 'function' });
  });

  it('says that the application has events', async () => {
    const { stdout } = await writeCache('events', REPORT, ['events']);
    assert.equal((JSON.parse(stdout) as { withEvents: boolean }).withEvents, true);
  });

  it('holds the code of functions that have run', async () => {
    const body = `
      function ran() { return ${JSON.stringify('x'.repeat(5000))}.length; }
      module.exports = async () => { RUN };`;
    const cold = await writeCache('cold', body.replace('RUN', ''));
    const warm = await writeCache('warm', body.replace('RUN', 'ran()'));
    const size = ({ built }: { built: string }): number => readFileSync(join(built, CACHE_FILE)).length;
    assert.ok(size(warm) > size(cold) + 4000, `${size(warm)} after ${size(cold)} bytes`);
  });

  it('ends though the samples still run', async () => {
    const { code, built } = await writeCache(
      'running',
      'module.exports = async () => { setInterval(() => {}, 1000); };',
    );
    assert.equal(code, 0);
    assert.ok(existsSync(join(built, CACHE_FILE)));
  });

  for (const [name, body, expected] of [
    [
      'rejects',
      `module.exports = () => Promise.reject(new RangeError('on purpose'));`,
      /^RangeError: on purpose\n\s+at /,
    ],
    ['throws', `throw new RangeError('on purpose');`, /^RangeError: on purpose\n\s+at .*application\.js/],
    ['throws a text', `throw 'a text';`, /^a text\n$/],
    ['gives no warm-up', '', /^TypeError: /],
    ['is no code', '][', /^SyntaxError: |SyntaxError/],
  ] as const) {
    it(`fails, and writes no cache, where the application ${name}`, async () => {
      const { code, stderr, built } = await writeCache(name, body);
      assert.equal(code, 1);
      assert.match(stderr, expected);
      assert.equal(existsSync(join(built, CACHE_FILE)), false);
    });
  }

  it('fails where there is no application', async () => {
    const { code, stderr } = await new TestProcess([SCRIPT, join(folder, 'nowhere')]).ended;
    assert.equal(code, 1);
    assert.match(stderr, /ENOENT/);
  });
});
