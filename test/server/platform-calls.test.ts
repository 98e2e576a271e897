import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { request } from 'undici';

import type { ApplicationOptions } from '#src/application.js';
import type { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { HttpError } from '#src/errors/http-error.js';
import { serve, type Served } from '../serve.js';
import { until } from '../until.js';

@Controller()
class Users {
  @Http('ALL', '/*') all(_event: unknown, { path }: HttpContext) {
    return `user ${path}`;
  }
}

/** Paths, their methods, and who answers them. */
const CALLS = [
  ['POST', '/initialize'],
  ['GET', '/pre-stop'],
  ['GET', '/pre-freeze'],
  ['POST', '/invoke'],
] as const;

async function call(served: Served, method: 'GET' | 'POST', path: string, control?: string, body?: string) {
  const headers = { 'x-fc-request-id': '1-abc', ...(control === undefined ? {} : { 'x-fc-control-path': control }) };
  const got = await request(`${served.url}${path}`, { method, headers, body: body ?? null });
  return { status: got.statusCode, text: await got.body.text() };
}

const onFc = (hooks: Partial<ApplicationOptions>) => serve({ controllers: [Users], platform: 'fc', ...hooks });

describe('the platform’s own calls', () => {
  it('come to their hooks, past the application’s middleware', async () => {
    const seen: string[] = [];
    const served = await onFc({
      use: [
        () => {
          throw HttpError.unauthorized();
        },
      ],
      onInitialize: ({ requestId }) => void seen.push(`initialize ${requestId}`),
      onPreStop: async ({ requestId }) => void seen.push(`pre-stop ${requestId}`),
      onPreFreeze: () => seen.push('pre-freeze'),
      onInvoke: (event, { requestId }) => ({ event: event.toString(), requestId }),
    });
    for (const [method, path] of CALLS.slice(0, 3)) {
      assert.deepEqual(await call(served, method, path, path), { status: 200, text: '' });
    }
    assert.deepEqual(seen, ['initialize 1-abc', 'pre-stop 1-abc', 'pre-freeze']);
    const invoked = await call(served, 'POST', '/invoke', '/invoke', '{"a":1}');
    assert.deepEqual(invoked, { status: 200, text: '{"event":"{\\"a\\":1}","requestId":"1-abc"}' });
    assert.equal((await call(served, 'GET', '/pre-stop')).status, 401, 'without the header it is a request');
    await served.close();
  });

  it('are ordinary paths without the header, with another one, by another method, and on other platforms', async () => {
    const never = () => assert.fail('a hook was called');
    const hooks = { onInitialize: never, onPreStop: never, onPreFreeze: never, onInvoke: never };
    const fc = await onFc(hooks);
    const others = await Promise.all(
      (['scf', 'container', 'local'] as const).map((platform) => serve({ controllers: [Users], platform, ...hooks })),
    );
    for (const [method, path] of CALLS) {
      const user = { status: 200, text: `user ${path}` };
      assert.deepEqual(await call(fc, method, path), user);
      assert.deepEqual(await call(fc, method, path, '/http-invoke'), user);
      assert.deepEqual(await call(fc, method === 'GET' ? 'POST' : 'GET', path, path), user);
      for (const other of others) assert.deepEqual(await call(other, method, path, path), user);
    }
    await Promise.all([fc, ...others].map(({ close }) => close()));
  });

  it('succeed without a hook, but for an invocation, which is then a path like any other', async () => {
    const served = await onFc({});
    for (const [method, path] of CALLS.slice(0, 3)) assert.equal((await call(served, method, path, path)).status, 200);
    assert.deepEqual(await call(served, 'POST', '/invoke', '/invoke'), { status: 200, text: 'user /invoke' });
    await served.close();
  });

  it('fail with 500 and the body that the platform knows, which tells nothing of the inside', async () => {
    const served = await onFc({
      onInitialize: () => {
        throw new Error('password is secret');
      },
      onInvoke: () => Promise.reject(HttpError.conflict('already done')),
    });
    const failed = await call(served, 'POST', '/initialize', '/initialize');
    assert.deepEqual(failed, { status: 500, text: '{"errorCode":"INTERNAL","errorMessage":"Internal error"}' });
    assert.ok(served.lines.some(({ level, route }) => level === 'error' && route === 'onInitialize'));
    const refused = await call(served, 'POST', '/invoke', '/invoke');
    assert.deepEqual(refused, { status: 409, text: '{"errorCode":"CONFLICT","errorMessage":"already done"}' });
    await served.close();
  });

  it('hold an event to the limit of bodies', async () => {
    const served = await onFc({ onInvoke: () => 'never', maxBodyBytes: 10 });
    assert.equal((await call(served, 'POST', '/invoke', '/invoke', 'x'.repeat(11))).status, 413);
    await served.close();
  });

  it('do not end the server: PreStop may come before a freeze', async () => {
    const served = await onFc({});
    for (const _ of [1, 2]) assert.equal((await call(served, 'GET', '/pre-stop', '/pre-stop')).status, 200);
    assert.equal((await call(served, 'GET', '/still')).status, 200);
    await served.close();
  });

  it('end it where the options say so, after the answer', async () => {
    const ended: string[] = [];
    const served = await onFc({ drainOnPreStop: true, onClose: () => ended.push('closed') });
    assert.equal((await call(served, 'GET', '/pre-stop', '/pre-stop')).status, 200);
    await until(() => ended.length === 1);
    await assert.rejects(request(`${served.url}/`));
    await served.close();
  });
});
