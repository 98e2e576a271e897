import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createApplication } from '#src/application.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { StartupError } from '#src/errors/startup-error.js';
import { middlewareOf, routeOptionMistakes, useMistakes } from '#src/routing/route-option-mistakes.js';
import { buildRouteTable } from '#src/routing/route-table.js';
import { mistakeOf } from '../mistakes-of.js';

// The compiler sees all of these; plain JavaScript gives them all the same.
type Decorate = (target: object, name: string, descriptor: TypedPropertyDescriptor<() => void>) => void;
const http = (options: object) => Http('GET', '/', options);
const methods = (named: unknown) => Http(named as 'GET', '/');
const sse = (options: object) => Sse('/', options);
const webSocket = (options: object) => WebSocket('/', options);

function mistakesOf(decorate: Decorate) {
  @Controller()
  class Orders {
    @decorate run(): void {}
  }
  return buildRouteTable([Orders]).routes.flatMap(routeOptionMistakes);
}
const problemsOf = (decorate: Decorate) => mistakesOf(decorate).map(({ problem }) => problem);

describe('the options of a route', () => {
  it('may be all that there are, and undefined', () => {
    const documented = { summary: 's', description: 'd', tags: ['t'], deprecated: true, hidden: false };
    const shared = { ...documented, use: [], groups: ['g'], timeoutMs: 0 };
    class Data {}
    assert.deepEqual(problemsOf(http({ ...shared, maxBodyBytes: 0, status: 201, response: Data })), []);
    const stream = { ...shared, maxBodyBytes: 1, method: 'POST', heartbeatMs: 0, retryMs: 0, data: Data };
    assert.deepEqual(problemsOf(sse(stream)), []);
    const socket = { type: 't', protocols: ['p'], maxMessageBytes: 1, heartbeatMs: 0, compress: true, origins: ['*'] };
    assert.deepEqual(problemsOf(webSocket({ ...shared, ...socket, on: 'message' })), []);
    const none = { status: undefined, timeoutMs: undefined, groups: undefined, tags: undefined };
    assert.deepEqual(problemsOf(http(none)), []);
  });

  it('are not those of another protocol, nor what every object has', () => {
    assert.deepEqual(problemsOf(http({ heartbeatMs: 1 })), ['there is no option heartbeatMs here']);
    assert.deepEqual(problemsOf(sse({ status: 201 })), ['there is no option status here']);
    assert.deepEqual(problemsOf(webSocket({ maxBodyBytes: 1 })), ['there is no option maxBodyBytes here']);
    for (const name of ['constructor', 'toString', 'Status']) {
      const [mistake, ...others] = mistakesOf(http({ [name]: 1 }));
      assert.equal(mistake?.problem, `there is no option ${name} here`);
      assert.match(mistake.remedy, /^its options are .*status/);
      assert.deepEqual(others, []);
    }
  });

  it('have numbers within both ends of their range', () => {
    const ranges: [(options: object) => Decorate, string, number, number][] = [
      [http, 'status', 200, 599],
      [http, 'timeoutMs', 0, 86_400_000],
      [http, 'maxBodyBytes', 0, Number.MAX_SAFE_INTEGER],
      [sse, 'heartbeatMs', 0, 3_600_000],
      [sse, 'retryMs', 0, 86_400_000],
      [webSocket, 'maxMessageBytes', 1, Number.MAX_SAFE_INTEGER],
    ];
    for (const [decorator, name, min, max] of ranges) {
      for (const value of [min, max]) assert.deepEqual(problemsOf(decorator({ [name]: value })), [], name);
      for (const value of [min - 1, max + 1, min + 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        const [mistake] = mistakesOf(decorator({ [name]: value }));
        assert.equal(mistake?.problem, `option ${name}: ${value} is not allowed`);
        const most = max === Number.MAX_SAFE_INTEGER ? '2^53-1' : max;
        assert.equal(mistake.remedy, `give a whole number from ${min} to ${most}`);
      }
    }
  });

  it('never take what only looks like a number, and say what it is without its value', () => {
    const kinds: [unknown, string][] = [
      ['200', 'a string'],
      [200n, 'a bigint'],
      [null, 'null'],
      [{}, 'an object'],
      [true, 'a boolean'],
    ];
    for (const [value, kind] of kinds) {
      assert.deepEqual(problemsOf(http({ status: value })), [`option status: ${kind} is not allowed`]);
    }
  });

  it('have lists of texts where they are lists, as one text would be searched for parts of itself', () => {
    for (const name of ['tags', 'groups', 'protocols', 'origins']) {
      for (const value of ['https://app.example', [1], null, { 0: 'a' }]) {
        const [mistake, ...others] = mistakesOf(webSocket({ [name]: value }));
        assert.match(
          mistake?.problem ?? '',
          new RegExp(`^option ${name}: (?:a string|an object|null) is not allowed$`),
        );
        assert.equal(mistake?.remedy, `give a list of texts: \`${name}: ['…']\``);
        assert.deepEqual(others, []);
      }
      assert.deepEqual(problemsOf(webSocket({ [name]: [] })), []);
    }
  });

  it('name a moment of a connection that there is', () => {
    for (const on of ['upgrade', 'open', 'message', 'close', 'error'])
      assert.deepEqual(problemsOf(webSocket({ on })), []);
    const [mistake] = mistakesOf(webSocket({ on: 'connect' }));
    assert.equal(mistake?.problem, 'option on: connect is no moment of a connection');
    assert.equal(mistake.remedy, 'give one of upgrade, open, message, close, error');
  });

  it('are told one by one, each with the method and the file that it stands in', () => {
    const mistakes = mistakesOf(http({ status: 1, timeout: 1, maxBodyBytes: 'x' }));
    assert.equal(mistakes.length, 3);
    for (const { where, file } of mistakes) {
      assert.equal(where, 'Orders.run');
      assert.match(file ?? '', /route-option-mistakes\.test\.[tj]s:\d+$/);
    }
  });

  it('stop the start', () => {
    @Controller()
    class Orders {
      @Http('GET', '/', { status: 1 }) run(): void {}
    }
    assert.equal(mistakeOf({ controllers: [Orders] }).problem, 'option status: 1 is not allowed');
  });
});

describe('the methods of a route', () => {
  it('are at least one: a route without any would answer nothing, and nobody would know', () => {
    for (const named of [[], undefined, null, 5, {}]) {
      const [mistake, ...others] = mistakesOf(methods(named));
      assert.equal(mistake?.problem, 'it names no method');
      assert.match(mistake.remedy, /^give one or several of GET, .*, or 'ALL'$/);
      assert.deepEqual(others, []);
    }
  });

  it('are those that there are, in upper case', () => {
    for (const method of ['get', 'FETCH', 'TRACE', '']) {
      assert.deepEqual(problemsOf(methods(method)), [`there is no method ${method} here`]);
    }
    assert.deepEqual(problemsOf(methods(['GET', 'ALL', undefined])), [
      'there is no method ALL here',
      'there is no method undefined here',
    ]);
    assert.deepEqual(problemsOf(sse({ method: 'get' })), ['there is no method get here']);
  });

  it('may be named twice, which says nothing new', () => {
    assert.deepEqual(problemsOf(methods(['GET', 'PUT', 'GET'])), []);
  });
});

describe('useMistakes()', () => {
  it('takes a list, an empty one or none', () => {
    for (const use of [undefined, [], [() => undefined]]) assert.deepEqual(useMistakes(use), []);
    assert.deepEqual(middlewareOf(undefined), []);
  });

  it('says so of anything else, wherever it stands, in place of an error of the language', () => {
    const wrong: unknown[] = [5, null, 'text', () => undefined, {}];
    for (const use of wrong) {
      const given = use as never;
      assert.deepEqual(middlewareOf(given), []);
      @Controller('', { use: given })
      class OfClass {
        @Http('GET', '/') get() {}
      }
      @Controller()
      class OfMethod {
        @Http('GET', '/', { use: given }) get() {}
        @WebSocket('/ws', { use: given }) said(_message: unknown) {}
      }
      const ofApplication = { controllers: [OfClass, OfMethod], use: given, port: 0 };
      assert.throws(
        () => createApplication(ofApplication, {}),
        (error: unknown) => {
          assert.ok(error instanceof StartupError);
          const found = error.mistakes.filter(({ problem }) => problem.endsWith(' is no list of middleware'));
          assert.deepEqual(found.map(({ where }) => where).toSorted(), [
            'OfClass',
            'OfMethod.get',
            'OfMethod.said',
            'the application',
          ]);
          return true;
        },
      );
    }
  });
});
