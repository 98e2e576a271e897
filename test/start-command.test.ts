import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { COMMAND_VARIABLE } from '#src/start-command.js';
import { runText } from './fixtures/run-process.js';

describe('whether an application was started', () => {
  it('is known to another copy of the code too, as a bundled application has its own', async () => {
    const { code, stdout } = await runText(`
      const { markStarted, wasStarted } = await import('./built/start-command.js');
      const copy = await import('./built/start-command.js?copy');
      console.log(wasStarted(), copy.wasStarted());
      markStarted();
      console.log(wasStarted(), copy.wasStarted(), markStarted === copy.markStarted);
    `);
    assert.equal(code, 0);
    assert.equal(stdout, 'false false\ntrue true false\n');
  });

  it('is remembered where no name of a global stands in anybody’s way', async () => {
    const { stdout } = await runText(`
      const { markStarted } = await import('./built/start-command.js');
      const before = Object.getOwnPropertyNames(globalThis).length;
      markStarted();
      console.log(Object.getOwnPropertyNames(globalThis).length - before);
    `);
    assert.equal(stdout, '0\n');
  });
});

describe('COMMAND_VARIABLE', () => {
  it('tells start() to print the routes and listen to nothing', async () => {
    const source = `
      import { Controller, Http, start } from 'yunction';
      class Hello { hello() {} }
      Http('GET', '/hello')(Hello.prototype, 'hello', Object.getOwnPropertyDescriptor(Hello.prototype, 'hello'));
      Reflect.defineMetadata('design:paramtypes', [], Hello.prototype, 'hello');
      start({ controllers: [Hello], port: 0, host: '127.0.0.1' });
    `;
    const { code, stdout, stderr } = await runText(source, { env: { [COMMAND_VARIABLE]: 'routes' } });
    assert.deepEqual([code, stdout, stderr], [0, '  GET  /hello  Hello.hello\n', '']);
  });
});

describe('takeApplication', () => {
  it('hands the application to a command, whose exit code the process ends with; nothing listens', async () => {
    const { code, stdout, stderr } = await runText(`
      import { start } from 'yunction';
      const { takeApplication } = await import('./built/start-command.js?copy');
      takeApplication(async ({ options, routes, takesWebSockets }) => {
        console.log(options.port, routes.length, takesWebSockets);
        return 3;
      });
      class Hello { hello() {} }
      const { Http } = await import('yunction');
      Http('GET', '/hello')(Hello.prototype, 'hello', Object.getOwnPropertyDescriptor(Hello.prototype, 'hello'));
      Reflect.defineMetadata('design:paramtypes', [], Hello.prototype, 'hello');
      start({ controllers: [Hello], port: 7, onStart() { console.log('started'); } });
    `);
    assert.deepEqual([code, stdout, stderr], [3, '7 1 false\n', '']);
  });
});
