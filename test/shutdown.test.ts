import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { type Ended, runText } from './fixtures/run-process.js';

/** An application whose hooks are given, and its `Shutdown`, in a process of its own. */
const run = (options: string, work: string): Promise<Ended> =>
  runText(`
    import { setTimeout as sleep } from 'node:timers/promises';
    import { createApplication, Controller, Http } from 'yunction';
    import { Shutdown } from '#src/shutdown.js';
    class Hello { hello() { return 'hello'; } }
    Http('GET', '/')(Hello.prototype, 'hello', Object.getOwnPropertyDescriptor(Hello.prototype, 'hello'));
    Reflect.defineMetadata('design:paramtypes', [], Hello.prototype, 'hello');
    const application = createApplication({
      controllers: [Hello], port: 0, host: '127.0.0.1', idleCloseMs: 0, shutdownMs: 100, logFormat: 'json', ...${options},
    }, {});
    const shutdown = new Shutdown(application);
    process.on('exit', (code) => process.stdout.write('exit ' + code + '\\n'));
    ${work}
  `);

const messages = ({ stdout }: Ended): unknown[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => (JSON.parse(line) as { msg?: unknown }).msg);

describe('Shutdown', () => {
  it('drains, runs the hooks and ends the process with the code given', async () => {
    for (const code of [0, 1, 3]) {
      const ended = await run(
        `{ onClose: () => console.log('hook') }`,
        `await application.listen();
         console.log(shutdown.begun);
         shutdown.begin('enough', ${code});
         console.log(shutdown.begun);`,
      );
      assert.deepEqual([ended.code, ended.stderr], [code, '']);
      assert.match(ended.stdout, /^false\n[^]*true\nhook\nexit \d\n$/);
      assert.deepEqual(messages(ended), ['enough: draining, at most 100 ms']);
    }
  });

  it('ends a process that has not listened yet', async () => {
    const ended = await run('{}', `shutdown.begin('enough', 0);`);
    assert.deepEqual([ended.code, ended.stderr], [0, '']);
  });

  it('happens once, with the worst of the codes that it was asked for', async () => {
    for (const codes of [
      [0, 2],
      [2, 0],
    ]) {
      const ended = await run(
        `{ onClose: async () => { console.log('hook'); await sleep(20); } }`,
        `for (const code of ${JSON.stringify(codes)}) shutdown.begin('reason ' + code, code);`,
      );
      assert.equal(ended.code, 2);
      assert.equal(ended.stdout.match(/hook/g)?.length, 1);
      assert.deepEqual(messages(ended), [`reason ${codes[0]}: draining, at most 100 ms`]);
    }
  });

  it('is begun by the first signal, and cut short by the second', async () => {
    const hook = `{ shutdownMs: 600000, onClose: async () => { console.log('hook'); await sleep(600000); } }`;
    const ended = await run(hook, `shutdown.onSignal('SIGTERM'); await sleep(20); shutdown.onSignal('SIGINT');`);
    assert.equal(ended.code, 1);
    assert.match(ended.stdout, /SIGTERM: draining[^]*hook\nexit 1\n$/);
  });

  it('takes a signal after another beginning for the first one', async () => {
    const hook = `{ onClose: async () => { await sleep(50); console.log('hook ended'); } }`;
    const ended = await run(hook, `shutdown.begin('uncaught exception', 1); shutdown.onSignal('SIGTERM');`);
    assert.equal(ended.code, 1);
    assert.match(ended.stdout, /hook ended\nexit 1\n$/);
  });

  for (const [what, hook] of [
    ['with nothing left that could happen', '() => new Promise(() => undefined)'],
    ['with work that goes on', '() => sleep(600000)'],
  ] as const) {
    it(`ends with 1 and says so where a hook hangs ${what}`, async () => {
      const ended = await run(`{ onClose: ${hook} }`, `shutdown.begin('SIGTERM', 0);`);
      assert.equal(ended.code, 1);
      assert.deepEqual(messages(ended), [
        'SIGTERM: draining, at most 100 ms',
        'onClose hooks or disposals took too long',
      ]);
    });
  }

  it('tells why an application could not be closed, and ends with 1', async () => {
    const work = `application.close = () => Promise.reject(new Error('the drain broke')); shutdown.begin('enough', 0);`;
    const ended = await run('{}', work);
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /^yunction: Error: the drain broke\n {4}at /);
  });
});
