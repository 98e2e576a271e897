import 'reflect-metadata';
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { injectable, singleton } from 'tsyringe';
import { request } from 'undici';
import { HttpContext } from '#src/context/http-context.js';
import type { MiddlewareFunction, MiddlewareHandler, Next } from '#src/context/middleware.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Use } from '#src/decorators/use.js';
import { HttpError } from '#src/errors/http-error.js';
import { serve, type Served } from '../serve.js';

const steps: string[] = [];

function step(name: string): MiddlewareFunction {
  return async (_context, next) => {
    steps.push(`${name} in`);
    const result = await next();
    steps.push(`${name} out`);
    return result;
  };
}

@singleton()
class Words {
  readonly greeting = 'hello';
}

@injectable()
class Greeting implements MiddlewareHandler {
  constructor(private readonly words: Words) {}
  async handle(context: HttpContext, next: Next): Promise<unknown> {
    context.response.setHeader('X-Greeting', this.words.greeting);
    return next();
  }
}

/** Made for each request, because it is told of one. */
@injectable()
class PerRequest implements MiddlewareHandler {
  constructor(private readonly context: HttpContext) {}
  handle(_context: HttpContext, next: Next): unknown {
    this.context.response.setHeader('X-Seen', this.context.path);
    return next();
  }
}

const answersItself: MiddlewareFunction = () => ({ answered: true });
const changes: MiddlewareFunction = async (_context, next) => ({ wrapped: await next() });
const throws: MiddlewareFunction = () => {
  throw HttpError.forbidden('not you');
};
const twice: MiddlewareFunction = async (_context, next) => [await next(), await next()];
const recovers: MiddlewareFunction = async (_context, next) => {
  try {
    return await next();
  } catch (error) {
    return { recovered: String(error) };
  }
};

@Use(step('class above'), step('class'))
@Controller('/m', { use: [step('controller option')] })
@Use(step('class below'))
class Wrapped {
  @Http('GET', '/order', { use: [step('route option')] })
  @Use(step('method'), step('method inner'))
  @Use(step('method below'))
  order(): string {
    steps.push('handler');
    return 'done';
  }

  @Http('GET', '/injected')
  @Use(Greeting, PerRequest)
  injected(): string {
    return 'x';
  }

  @Http('GET', '/answers')
  @Use(answersItself)
  answers(): string {
    steps.push('handler');
    return 'never';
  }

  @Http('GET', '/changes')
  @Use(changes)
  changes(): unknown {
    return { a: 1 };
  }

  @Http('GET', '/throws')
  @Use(throws)
  throws(): string {
    steps.push('handler');
    return 'never';
  }

  @Http('GET', '/twice')
  @Use(twice)
  twice(): string {
    steps.push('handler');
    return 'x';
  }

  @Http('GET', '/recovers')
  @Use(recovers)
  recovers(): never {
    throw new Error('oh');
  }

  @Http('POST', '/guarded')
  @Use(throws)
  guarded(event: string): string {
    return event;
  }
}

describe('middleware', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Wrapped], use: [step('application')] });
  });
  after(() => served.close());
  beforeEach(() => {
    steps.length = 0;
  });

  it('wraps in the order application, controller, method, outermost first', async () => {
    const { body } = await request(`${served.url}/m/order`);
    assert.equal(await body.text(), 'done');
    const order = [
      'application',
      'controller option',
      'class above',
      'class',
      'class below',
      'route option',
      'method',
      'method inner',
      'method below',
    ];
    assert.deepEqual(steps, [
      ...order.map((name) => `${name} in`),
      'handler',
      ...order.toReversed().map((name) => `${name} out`),
    ]);
  });

  it('may be a class, injected once or for each request', async () => {
    const { headers, body } = await request(`${served.url}/m/injected`);
    await body.dump();
    assert.deepEqual([headers['x-greeting'], headers['x-seen']], ['hello', '/m/injected']);
  });

  it('may answer by itself', async () => {
    const { body } = await request(`${served.url}/m/answers`);
    assert.deepEqual(await body.json(), { answered: true });
    assert.ok(!steps.includes('handler'));
  });

  it('may change the result', async () => {
    const { body } = await request(`${served.url}/m/changes`);
    assert.deepEqual(await body.json(), { wrapped: { a: 1 } });
  });

  it('may refuse, and then neither the handler runs nor the body is read', async () => {
    for (const method of ['GET', 'POST'] as const) {
      const { statusCode, body } = await request(`${served.url}/m/${method === 'GET' ? 'throws' : 'guarded'}`, {
        method,
        ...(method === 'POST' && { body: 'x', headers: { 'Content-Type': 'text/plain; charset=klingon' } }),
      });
      await body.dump();
      assert.equal(statusCode, 403);
    }
    assert.ok(!steps.includes('handler'));
  });

  it('may turn an error into an answer', async () => {
    const { statusCode, body } = await request(`${served.url}/m/recovers`);
    assert.deepEqual([statusCode, await body.json()], [200, { recovered: 'Error: oh' }]);
  });

  it('cannot run the handler twice', async () => {
    const { statusCode, body } = await request(`${served.url}/m/twice`);
    await body.dump();
    assert.equal(statusCode, 500);
    assert.equal(steps.filter((name) => name === 'handler').length, 1);
  });

  it('of the application wraps also what no route answers', async () => {
    const { statusCode, body } = await request(`${served.url}/none`);
    await body.dump();
    assert.equal(statusCode, 404);
    assert.deepEqual(steps, ['application in']);
  });

  it('of the application has the time that handlers have, where no route answers', async () => {
    const stuck = await serve({
      controllers: [Wrapped],
      use: [() => new Promise(() => undefined)],
      handlerTimeoutMs: 50,
    });
    try {
      for (const [path, method] of [
        ['/none', 'GET'],
        ['/m/order', 'DELETE'],
        ['/m/order', 'OPTIONS'],
      ] as const) {
        const { statusCode, body } = await request(stuck.url + path, { method });
        await body.dump();
        assert.equal(statusCode, 504, `${method} ${path}`);
      }
    } finally {
      await stuck.close();
    }
  });

  it('guards every form of a path alike', async () => {
    for (const form of ['/m/throws', '/m/throws/', '/m/throws?a', '/%6d/throws', '/m/throw%73']) {
      for (const method of ['GET', 'HEAD'] as const) {
        const { statusCode, body } = await request(`${served.url}${form}`, { method });
        await body.dump();
        assert.equal(statusCode, 403, `${method} ${form}`);
      }
    }
  });
});
