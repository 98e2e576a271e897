import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

import { ROOT, runText } from '../../fixtures/run-process.js';

const PACK = pathToFileURL(join(ROOT, 'built/cli/pack/')).href;

/** Runs `packedStart` as the entry of a packed application does, under a command. */
function outcome(command: string, load: string, after = '') {
  const source = `
    import { Controller, Http, start } from 'yunction';
    const { packedStart } = await import('${PACK}packed-start.js');
    class Hello { hello() { return 'hello'; } }
    Http('GET', '/hello')(Hello.prototype, 'hello', Object.getOwnPropertyDescriptor(Hello.prototype, 'hello'));
    Reflect.defineMetadata('design:paramtypes', [], Hello.prototype, 'hello');
    Controller()(Hello);
    const answer = packedStart('main.js', ${load});
    ${after}
  `;
  return runText(source, { env: { YUNCTION_COMMAND: command } });
}

const GREETS = /GET +\/hello +Hello\.hello/;

describe('packedStart', () => {
  it('starts the controllers that the module exports', async () => {
    const { code, stdout, stderr } = await outcome('routes', '() => ({ Hello })', 'console.log(answer);');
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^undefined$/m);
    assert.match(stdout, GREETS);
  });

  it('does nothing more for a module that has started itself', async () => {
    const { code, stdout, stderr } = await outcome('routes', '() => void start({ controllers: [Hello] })');
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, GREETS);
  });

  it('says what the module lacks, by its name', async () => {
    const { code, stderr } = await outcome('', '() => ({})');
    assert.equal(code, 1);
    assert.match(stderr, /main\.js: the module neither calls start\(\) nor exports a controller/);
  });

  for (const withEvents of [false, true]) {
    it(`loads nothing of the application's to warm up, and serves samples instead: ${withEvents ? 'with' : 'without'} events`, async () => {
      const after = `
        const paths = [];
        const { fetch } = globalThis;
        globalThis.fetch = (url, init) => { paths.push(new URL(url).pathname); return fetch(url, init); };
        await answer(${withEvents});
        console.log(JSON.stringify(paths));
        process.exit(0);
      `;
      const { code, stdout, stderr } = await outcome('warm-up', '() => { throw new Error("loaded"); }', after);
      assert.deepEqual([code, stderr], [0, '']);
      const orders = withEvents ? ['/sample/1/orders', '/sample/1/orders'] : [];
      assert.deepEqual(JSON.parse(stdout), ['/hello', ...orders]);
    });
  }
});
