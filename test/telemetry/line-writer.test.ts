import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createLineWriter } from '#src/telemetry/line-writer.js';
import { TestProcess } from '../fixtures/run-process.js';
import { until } from '../until.js';

const WRITER = `import { createLineWriter } from '#src/telemetry/line-writer.js';\nconst write = createLineWriter();\n`;

/** A process of this package, so that it may import its sources. */
function run(text: string): TestProcess {
  return new TestProcess(['--input-type=module', '-e', WRITER + text]);
}

describe('createLineWriter', () => {
  it('writes to a file, each line at once and whole', () => {
    const path = join(tmpdir(), `line-writer-${process.pid}.log`);
    const fd = openSync(path, 'w');
    const write = createLineWriter(fd, () => assert.fail('node’s stream is not made'));
    write('größe\n');
    assert.equal(readFileSync(path, 'utf8'), 'größe\n');
    write(`${'x'.repeat(200_000)}\n`);
    assert.equal(readFileSync(path, 'utf8'), `größe\n${'x'.repeat(200_000)}\n`);
    closeSync(fd);
    rmSync(path);
  });

  it('loses no line of a process that ends at once, and does not make process.stdout', async () => {
    const { stdout, code } = await run(`
      for (let n = 0; n < 20000; n += 1) write(n + ' ' + 'é'.repeat(40) + '\\n');
      process.exit(3);`).ended;
    assert.equal(code, 3);
    const lines = stdout.trimEnd().split('\n');
    assert.equal(lines.length, 20_000);
    assert.ok(lines.every((line, n) => line === `${n} ${'é'.repeat(40)}`));
  });

  it('loses none on a pipe that does not block and whose reader is slow, and mixes with nothing', async () => {
    const child = run(`
      process.stdout.write('');
      let n = 0;
      const next = () => write(n++ + ' ' + 'x'.repeat(100) + '\\n');
      // Until a line has waited long enough: the rest of it goes to node's stream.
      while (process.stdout.writableLength === 0) next();
      process.stderr.write('behind');
      for (let more = 0; more < 1000; more += 1) next();
      await new Promise((resolve) => process.stdout.write('', resolve));
      for (let more = 0; more < 1000; more += 1) next();
      process.stderr.write(' ' + n);`);
    child.child.stdout.pause();
    await until(() => child.stderr === 'behind');
    child.child.stdout.resume();
    const { stdout, stderr } = await child.ended;
    const lines = stdout.trimEnd().split('\n');
    assert.ok(lines.every((line, n) => line === `${n} ${'x'.repeat(100)}`));
    assert.equal(stderr, `behind ${lines.length}`);
  });

  it('goes on without a word when the reader has gone', async () => {
    const child = run(`
      process.stdin.resume().once('end', () => {
        for (let n = 0; n < 100; n += 1) write('lost\\n');
        process.stderr.write('still here');
      });`);
    child.child.stdout.destroy();
    await new Promise((resolve) => child.child.stdout.once('close', resolve));
    child.child.stdin.end();
    const { code, stderr } = await child.ended;
    assert.deepEqual([code, stderr], [0, 'still here']);
  });
});
