import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { describe, it } from 'node:test';

import { runText, TestProcess } from './fixtures/run-process.js';

/** A module of a user's own that calls `start()` with these options. */
const moduleWith = (options: string, more = '') => `
  import { Http, start } from 'yunction';
  import { IsInt } from 'class-validator';
  const decorated = (decorator, target, name, types) => {
    decorator(target.prototype, name, Object.getOwnPropertyDescriptor(target.prototype, name));
    Reflect.defineMetadata('design:paramtypes', types, target.prototype, name);
  };
  class Event { get size() { return this.given; } set size(value) { this.given = value; } }
  IsInt()(Event.prototype, 'size');
  Reflect.defineMetadata('design:type', Number, Event.prototype, 'size');
  let arrived = 0;
  class Hello {
    hello() { return 'hello'; }
    place(event) { return event; }
    wait() { arrived += 1; return new Promise(() => undefined); }
    fail() { Promise.reject(arrived); return 'failed'; }
  }
  decorated(Http('GET', '/hello'), Hello, 'hello', []);
  decorated(Http('POST', '/place'), Hello, 'place', [Event]);
  decorated(Http('GET', '/wait'), Hello, 'wait', []);
  decorated(Http('GET', '/fail'), Hello, 'fail', []);
  const result = start({ controllers: [Hello], port: 0, host: '127.0.0.1', shutdownMs: 50, idleCloseMs: 0, ...${options} });
  ${more}
`;

const startProcess = (options: string, args: readonly string[] = [], env: Record<string, string> = {}) =>
  new TestProcess(['--input-type=module', '-e', moduleWith(options), '--', 'app', ...args], { env });

describe('start()', () => {
  it('gives nothing back, so that there is nothing to await or to catch', async () => {
    const { code, stderr } = await runText(moduleWith('{ port: -1 }', 'process.stderr.write(`${typeof result}\\n`);'));
    assert.equal(code, 1);
    assert.match(stderr, /^undefined\nyunction: option port: -1 is not allowed → /);
  });

  it('takes options from the argument, then the command line, then the environment', async () => {
    const given = startProcess(`{ port: undefined, logFormat: undefined }`, ['--port', '0'], {
      PORT: '1',
      LOG_FORMAT: 'pretty',
    });
    assert.notEqual(await given.port(), 1);
    assert.match(given.stdout, / info {2}ready on /);
    given.signal('SIGTERM');
    assert.equal((await given.ended).code, 0);
  });

  it('writes an address of IPv6 in brackets, as a URL has it', hasIpv6(), async () => {
    const process = startProcess(`{ host: '::1' }`);
    const [, url = ''] = await process.output(/"url":"(http:\/\/\[::1\]:\d+)"/);
    assert.equal(await (await fetch(`${url}/hello`)).text(), 'hello');
    process.signal('SIGTERM');
    await process.ended;
  });

  it('of the command `routes` prints the table and what is validated the slow way, and listens to nothing', async () => {
    const process = startProcess(`{ onStart: () => console.log('began') }`, [], { YUNCTION_COMMAND: 'routes' });
    const { code, stdout, stderr } = await process.ended;
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^ {2}GET +\/fail +Hello\.fail\n {2}GET +\/hello +Hello\.hello\n {2}POST +\/place /);
    assert.match(
      stdout,
      /\n\nValidated by class-validator and class-transformer themselves, [^\n]*:\n {2}Event: .*\n$/,
    );
    assert.doesNotMatch(stdout, /began|ready on/);
  });

  it('of the command `routes` fails as it would without it', async () => {
    const { code, stdout, stderr } = await startProcess('{ maxFiles: -1 }', [], { YUNCTION_COMMAND: 'routes' }).ended;
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /option maxFiles: -1/);
  });

  it('names at most twenty of the requests that an error may belong to', async () => {
    const process = startProcess('{ noExit: true, accessLog: false }');
    const url = `http://127.0.0.1:${await process.port()}`;
    const waiting = Array.from({ length: 25 }, () => fetch(`${url}/wait`).catch(() => undefined));
    // Each handler counts itself; the rejected value tells how many there are by now.
    const arrived = () => Number(/unhandled rejection: thrown value: (\d+)"\}\n$/.exec(process.stdout)?.[1] ?? -1);
    while (arrived() < 25) {
      const before = process.stdout.length;
      assert.equal(await (await fetch(`${url}/fail`)).text(), 'failed');
      await process.output(new RegExp(`^[^]{${before}}[^]*unhandled rejection[^\n]*\n`));
    }
    const line = process.lines().at(-1);
    assert.equal((line?.['requestsInFlight'] as unknown[] | undefined)?.length, 20);
    assert.match(String(line?.['msg']), /thrown value: 25$/);
    process.signal('SIGTERM');
    assert.equal((await process.ended).code, 1); // they were cut off
    await Promise.all(waiting);
  });

  it('serves on after a rejection that nobody handles, of a value that is no error', async () => {
    const process = startProcess('{}');
    const url = `http://127.0.0.1:${await process.port()}`;
    assert.equal(await (await fetch(`${url}/fail`)).text(), 'failed');
    await process.output(/"level":"error"[^\n]*unhandled rejection: thrown value: 0/);
    assert.equal(await (await fetch(`${url}/hello`)).text(), 'hello');
    process.signal('SIGTERM');
    assert.equal((await process.ended).code, 0);
  });
});

function hasIpv6(): { skip: string | false } {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return { skip: addresses.some(({ address }) => address === '::1') ? false : 'this machine has no IPv6' };
}
