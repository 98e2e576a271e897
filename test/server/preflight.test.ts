import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HttpContext } from '#src/context/http-context.js';
import type { MiddlewareFunction, MiddlewareHandler, Next } from '#src/context/middleware.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { Sse } from '#src/decorators/sse.js';
import { Use } from '#src/decorators/use.js';
import { HttpError } from '#src/errors/http-error.js';
import { type Served, serve } from '../serve.js';

const handled: string[] = [];

const judge = (name: string): MiddlewareFunction =>
  Object.assign(
    (context: HttpContext, next: Next): unknown => {
      context.response.appendHeader('X-Judge', name);
      return context.method === 'OPTIONS' ? { statusCode: 204, headers: { 'X-Answered': name } } : next();
    },
    { crossOrigin: true },
  );

/** Judges, and leaves the answer to others. */
const lenient: MiddlewareFunction = Object.assign((_: HttpContext, next: Next) => next(), { crossOrigin: true });

const guard: MiddlewareFunction = () => {
  throw HttpError.unauthorized();
};

/** Made for each request. */
class PerRequest implements MiddlewareHandler {
  static readonly crossOrigin = true;
  constructor(private readonly context: HttpContext) {}
  handle(context: HttpContext): unknown {
    return { statusCode: 204, headers: { 'X-Answered': this.context === context ? 'its own' : 'another' } };
  }
}
Reflect.defineMetadata('design:paramtypes', [HttpContext], PerRequest);

@Use(guard)
@Controller()
class Routes {
  @Http('POST', '/judged', { use: [judge('route')] }) judged() {
    handled.push('judged');
  }
  @Http('DELETE', '/judged') guarded() {
    handled.push('guarded');
  }
  @Sse('/events', { method: 'POST', use: [judge('events')] }) events() {
    handled.push('events');
  }
  @Http('ALL', '/all', { use: [lenient] }) all() {
    handled.push('all');
  }
  @Http('GET', '/per-request', { use: [PerRequest] }) perRequest() {
    handled.push('per-request');
  }
}

describe('a CORS preflight', () => {
  let plain: Served;
  let judged: Served;
  before(async () => {
    plain = await serve({ controllers: [Routes] });
    judged = await serve({ controllers: [Routes], use: [guard, judge('application')] });
  });
  after(async () => {
    await plain.close();
    await judged.close();
  });

  const ask = async ({ url }: Served, path: string, method: string, headers: Record<string, string> = {}) => {
    const response = await fetch(url + path, {
      method: 'OPTIONS',
      headers: { Origin: 'https://a.example', 'Access-Control-Request-Method': method, ...headers },
    });
    return [response.status, response.headers.get('x-answered') ?? response.headers.get('allow')];
  };

  it('goes to the judge of the route that it asks about, past the guards beside it', async () => {
    assert.deepEqual(await ask(plain, '/judged', 'POST'), [204, 'route']);
    assert.deepEqual(await ask(plain, '/judged/', 'POST'), [204, 'route']);
    assert.deepEqual(await ask(plain, '/events', 'POST'), [204, 'events']);
    assert.deepEqual(await ask(judged, '/judged', 'POST'), [204, 'application']);
  });

  it('is an OPTIONS as any other where nobody judges', async () => {
    assert.deepEqual(await ask(plain, '/judged', 'DELETE'), [204, 'POST, DELETE, OPTIONS']);
    assert.deepEqual(await ask(plain, '/judged', 'NONSENSE'), [204, 'POST, DELETE, OPTIONS']);
    assert.deepEqual(await ask(plain, '/nowhere', 'GET'), [404, null]);
    assert.deepEqual(await ask(judged, '/nowhere', 'GET'), [204, 'application']);
    const response = await fetch(`${judged.url}/judged`, { method: 'OPTIONS' });
    assert.equal(response.status, 401, 'no preflight: the application’s guard sees it');
  });

  it('never comes to a handler, not even to one of OPTIONS', async () => {
    assert.deepEqual(await ask(plain, '/all', 'GET'), [204, 'GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS']);
    assert.deepEqual(await ask(plain, '/all', 'OPTIONS'), [204, 'GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS']);
    assert.equal((await fetch(`${plain.url}/all`, { method: 'OPTIONS' })).status, 401);
    assert.deepEqual(handled, []);
  });

  it('may be judged by a class that is made per request', async () => {
    assert.deepEqual(await ask(plain, '/per-request', 'GET'), [204, 'its own']);
  });

  it('has its path refused as any other request', async () => {
    assert.deepEqual(await ask(judged, '/%zz', 'POST'), [400, null]);
  });
});
