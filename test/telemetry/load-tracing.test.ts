import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadTracing } from '#src/telemetry/load-tracing.js';
import { TestProcess } from '../fixtures/run-process.js';
import { silent } from '../silent-log.js';
import { registerTracer, unregisterTracer } from './spans.js';

/** A process in which a package cannot be found, without touching what is installed. */
function without(name: string, text: string): TestProcess {
  const hook = `export const resolve = (name, context, next) => next(name === '${name}' ? '${name}-is-not-there' : name, context);`;
  const head = `
    import { register } from 'node:module';
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));
    const { loadTracing } = await import('#src/telemetry/load-tracing.js');
    const { createLogger } = await import('#src/telemetry/log.js');
    const log = createLogger({ level: 'info', format: 'json' });`;
  return new TestProcess(['--input-type=module', '-e', head + text]);
}

describe('loadTracing', () => {
  it('is nothing by itself, and loads nothing, unless a tracer is registered', async () => {
    assert.equal(await loadTracing('auto', silent.log), undefined);
    const text = `
      import { createRequire } from 'node:module';
      import { createApplication, Controller, Http } from 'yunction';
      class One { hello() { return 'x'; } }
      Http('GET', '/')(One.prototype, 'hello', Object.getOwnPropertyDescriptor(One.prototype, 'hello'));
      Reflect.defineMetadata('design:paramtypes', [], One.prototype, 'hello');
      Controller()(One);
      const application = createApplication({ controllers: [One], port: 0, host: '127.0.0.1' }, {});
      await application.listen(); await application.close();
      const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes('opentelemetry'));
      console.log('loaded ' + loaded.length);`;
    const { stdout } = await new TestProcess(['--input-type=module', '-e', text]).ended;
    assert.match(stdout, /^loaded 0$/m);
  });

  it('is there where a tracer is registered, unless it is switched off', async () => {
    registerTracer();
    assert.notEqual(await loadTracing('auto', silent.log), undefined);
    assert.equal(await loadTracing(false, silent.log), undefined);
    unregisterTracer();
  });

  it('is there where it is switched on, for a tracer that is registered later', async () => {
    assert.notEqual(await loadTracing(true, silent.log), undefined);
  });

  it('names the package and the command where it is missing and wanted', async () => {
    const { stderr, code } = await without('@opentelemetry/api', `await loadTracing(true, log);`).ended;
    assert.equal(code, 1);
    assert.match(stderr, /@opentelemetry\/api is not installed[^]*npm install @opentelemetry\/api/);
  });

  it('warns where another copy has a tracer and none can be loaded, and goes on', async () => {
    const registered = `globalThis[Symbol.for('opentelemetry.js.api.1')] = { trace: {} };`;
    const { stdout, code } = await without('@opentelemetry/api', `${registered} await loadTracing('auto', log);`).ended;
    assert.equal(code, 0);
    assert.match(stdout, /"level":"warn".*npm install @opentelemetry\/api/);
  });
});
