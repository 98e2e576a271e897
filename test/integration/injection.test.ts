import 'reflect-metadata';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { inject, injectable, Lifecycle, scoped, singleton } from 'tsyringe';
import { WebSocket as Client } from 'ws';

import { currentContext } from '#src/context/current-context.js';
import { HttpContext } from '#src/context/http-context.js';
import type { Next } from '#src/context/middleware.js';
import type { WebSocketContext } from '#src/context/web-socket-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Use } from '#src/decorators/use.js';
import { WebSocket as OnWebSocket } from '#src/decorators/web-socket.js';
import { RawConnection } from '../fixtures/http-client.js';
import { serve } from '../serve.js';

const textOf = async (url: string, headers: Record<string, string> = {}) => (await fetch(url, { headers })).text();

/** Resolves when a list has as many entries. */
async function reaches(list: readonly unknown[], length: number): Promise<void> {
  while (list.length < length) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('A controller', () => {
  it('is made once for the application, and its dependencies are shared', async () => {
    let made = 0;
    @injectable()
    class Counter {
      count = 0;
      constructor() {
        made += 1;
      }
    }
    @Controller('/a')
    class A {
      constructor(readonly counter: Counter) {}
      @Http('GET', '/') get() {
        return ++this.counter.count;
      }
    }
    @Controller('/b')
    class B {
      constructor(readonly counter: Counter) {}
      @Http('GET', '/') get() {
        return ++this.counter.count;
      }
    }
    const { url, close } = await serve({ controllers: [A, B] });
    assert.deepEqual([await textOf(`${url}/a`), await textOf(`${url}/b`), await textOf(`${url}/a`)], ['1', '2', '3']);
    assert.equal(made, 1);
    await close();
  });

  it('is made for each request when it injects the context, and disposed at the request’s end', async () => {
    const disposed: string[] = [];
    @injectable()
    class Tenant {
      constructor(readonly context: HttpContext) {}
      async dispose() {
        await Promise.resolve();
        disposed.push(`tenant ${this.context.requestId}`);
      }
    }
    @Controller()
    class Orders {
      constructor(readonly tenant: Tenant) {}
      @Http('GET', '/') get(_event: unknown, context: HttpContext) {
        return [this.tenant.context === context, this.tenant.context.requestId];
      }
      dispose() {
        disposed.push(`orders ${this.tenant.context.requestId}`);
      }
    }
    const { url, close } = await serve({ controllers: [Orders] });
    const answers = ['1', '2', '3'].map((id) => textOf(url, { 'x-request-id': `request-${id}` }));
    assert.deepEqual(await Promise.all(answers), ['[true,"request-1"]', '[true,"request-2"]', '[true,"request-3"]']);
    await reaches(disposed, 6);
    for (const id of ['1', '2', '3']) {
      const [orders, tenant] = [disposed.indexOf(`orders request-${id}`), disposed.indexOf(`tenant request-${id}`)];
      assert.ok(orders !== -1 && orders < tenant, disposed.join());
    }
    await close();
  });

  it('of a request is disposed when the client leaves before the answer, and when the handler throws', async () => {
    const disposed: string[] = [];
    const began: string[] = [];
    @Controller()
    class Orders {
      constructor(readonly context: HttpContext) {}
      @Http('GET', '/wait') wait() {
        began.push('wait');
        return new Promise((resolve) => this.context.signal.addEventListener('abort', resolve));
      }
      @Http('GET', '/throw') throwing() {
        throw new Error('no');
      }
      dispose() {
        disposed.push(this.context.path);
      }
    }
    const { url, port, close } = await serve({ controllers: [Orders] });
    const connection = new RawConnection(port);
    connection.get('/wait');
    await reaches(began, 1);
    assert.deepEqual(disposed, []);
    connection.destroy();
    await reaches(disposed, 1);
    await textOf(`${url}/throw`);
    await reaches(disposed, 2);
    assert.deepEqual(disposed, ['/wait', '/throw']);
    await close();
  });

  it('is made for each request when something below it says @scoped', async () => {
    let made = 0;
    @scoped(Lifecycle.ContainerScoped)
    class Unit {
      readonly number = ++made;
    }
    @Controller()
    class Orders {
      constructor(
        readonly one: Unit,
        readonly two: Unit,
      ) {}
      @Http('GET', '/') get() {
        return [this.one.number, this.two.number];
      }
    }
    const { url, close } = await serve({ controllers: [Orders] });
    assert.deepEqual([await textOf(url), await textOf(url)], ['[1,1]', '[2,2]']);
    await close();
  });

  it('of a WebSocket that injects the context is made for each connection, and disposed at its end', async () => {
    const disposed: string[] = [];
    @Controller()
    class Chat {
      #count = 0;
      constructor(readonly context: HttpContext) {}
      @OnWebSocket('/:name') said(_event: string, context: WebSocketContext) {
        return `${context.params['name']} ${this.context.params['name']} ${++this.#count}`;
      }
      dispose() {
        disposed.push(this.context.params['name'] ?? '');
      }
    }
    const { port, close } = await serve({ controllers: [Chat] });
    const answers: string[] = [];
    for (const name of ['ann', 'bob']) {
      const socket = new Client(`ws://127.0.0.1:${port}/${name}`);
      await once(socket, 'open');
      for (const _ of [1, 2]) {
        socket.send('x');
        const [data] = (await once(socket, 'message')) as [Buffer];
        answers.push(data.toString());
      }
      assert.equal(disposed.includes(name), false);
      socket.close();
      await reaches(disposed, answers.length / 2);
    }
    assert.deepEqual(answers, ['ann ann 1', 'ann ann 2', 'bob bob 1', 'bob bob 2']);
    assert.deepEqual(disposed, ['ann', 'bob']);
    await close();
  });
});

describe('Providers', () => {
  it('give values, factories and classes for tokens, and the last word overrides', async () => {
    abstract class Repository {
      abstract name(): string;
    }
    @singleton()
    class Real extends Repository {
      name() {
        return 'real';
      }
    }
    @Controller()
    class Orders {
      constructor(
        readonly repository: Repository,
        @inject('greeting') readonly greeting: string,
      ) {}
      @Http('GET', '/') get() {
        return `${this.greeting} ${this.repository.name()}`;
      }
    }
    const first = await serve({
      controllers: [Orders],
      providers: [
        [Repository, Real],
        ['greeting', { useFactory: () => 'hello' }],
      ],
    });
    const fake = { name: () => 'fake' };
    const second = await serve({
      controllers: [Orders],
      providers: [
        [Repository, Real],
        ['greeting', 'bye'],
        [Repository, fake],
      ],
    });
    assert.deepEqual([await textOf(first.url), await textOf(second.url)], ['hello real', 'bye fake']);
    assert.equal(first.app.resolve(Repository).name(), 'real');
    await first.close();
    await second.close();
  });

  it('are of one application: two in a process share nothing', async () => {
    @singleton()
    class State {
      value = 0;
    }
    @Controller()
    class Orders {
      constructor(readonly state: State) {}
      @Http('GET', '/') get() {
        return ++this.state.value;
      }
    }
    const [first, second] = [await serve({ controllers: [Orders] }), await serve({ controllers: [Orders] })];
    assert.deepEqual([await textOf(first.url), await textOf(first.url), await textOf(second.url)], ['1', '2', '1']);
    await first.close();
    assert.equal(await textOf(second.url), '2');
    await second.close();
  });
});

describe('A middleware class', () => {
  it('is injected like a controller, once or for each request as its dependencies ask', async () => {
    const made: string[] = [];
    @injectable()
    class Keys {
      readonly allowed = 'secret';
    }
    @injectable()
    class ApiKey {
      constructor(readonly keys: Keys) {
        made.push('ApiKey');
      }
      handle(context: HttpContext, next: Next) {
        return context.headers['x-key'] === this.keys.allowed ? next() : 'refused';
      }
    }
    @injectable()
    class Audit {
      constructor(readonly own: HttpContext) {
        made.push('Audit');
      }
      async handle(context: HttpContext, next: Next) {
        return `${String(await next())} ${this.own === context}`;
      }
    }
    @Use(ApiKey)
    @Controller()
    class Orders {
      @Use(Audit) @Http('GET', '/') get() {
        return 'order';
      }
    }
    const { url, close } = await serve({ controllers: [Orders] });
    assert.equal(await textOf(url), 'refused');
    for (const _ of [1, 2]) assert.equal(await textOf(url, { 'x-key': 'secret' }), 'order true');
    assert.deepEqual(made, ['ApiKey', 'Audit', 'Audit']);
    await close();
  });
});

describe('currentContext()', () => {
  @Controller()
  class Orders {
    @Http('GET', '/') async get() {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return currentContext().requestId;
    }
  }

  it('says how to turn it on where it is off', async () => {
    const { url, lines, close } = await serve({ controllers: [Orders] });
    assert.equal((await fetch(url)).status, 500);
    assert.match(lines.map(({ msg }) => msg).join(), /currentContext\(\) is off: add `currentContext: true`/);
    await close();
  });

  it('gives each request its own context below its handler, and throws outside', async () => {
    const { url, close } = await serve({ controllers: [Orders], currentContext: true });
    const ids = ['first-id', 'second-id', 'third-id'];
    assert.deepEqual(await Promise.all(ids.map((id) => textOf(url, { 'x-request-id': id }))), ids);
    assert.throws(() => currentContext(), /called outside a request/);
    await close();
  });
});
