import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';

import { HttpContext } from '#src/context/http-context.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { HttpError } from '#src/errors/http-error.js';
import { describe as describeThrown, isError, toHttpError, toProblem } from '#src/errors/problem.js';
import { type Served, serve } from '../serve.js';

function fails(): never {
  throw new Error('a getter of its own');
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Values that throw themselves when they are looked at. */
const HOSTILE: Readonly<Record<string, unknown>> = {
  'message-no-text': Object.assign(new Error(), { message: Object.create(null) as unknown }),
  'name-a-symbol': Object.assign(new Error(), { name: Symbol('name') }),
  'message-a-getter': Object.defineProperty(new Error(), 'message', { get: fails }),
  'stack-a-getter': Object.defineProperty(new Error('shown'), 'stack', { get: fails }),
  'stack-no-text': Object.assign(new Error('shown'), { stack: 5 }),
  'json-fails': { toJSON: fails },
  'revoked-proxy': revoked(),
};

describe('a problem body', () => {
  it('shows what the client may know, and of an unexpected error nothing unless it is asked for', () => {
    const known = toProblem(HttpError.notFound('order 7'), 'r1', false);
    assert.deepEqual(known, {
      type: 'about:blank',
      title: 'Not found',
      status: 404,
      code: 'NOT_FOUND',
      requestId: 'r1',
      detail: 'order 7',
    });
    const unexpected = toHttpError(new Error('password is 1234'));
    assert.doesNotMatch(JSON.stringify(toProblem(unexpected, 'r1', false)), /1234/);
    assert.match(toProblem(unexpected, 'r1', true).stack ?? '', /1234/);
  });

  it('leaves secrets out of what it shows of an unexpected error', () => {
    const error = new Error('connect redis://user:pa55@cache failed with Bearer abc.def-ghi at /a?token=t0ken');
    const { detail, stack } = toProblem(toHttpError(error), 'r1', true);
    for (const text of [detail, stack]) {
      assert.match(
        text ?? '',
        /redis:\/\/user:\[redacted\]@cache failed with Bearer \[redacted\] at \/a\?token=\[redacted\]/,
      );
    }
  });

  it('never shows what caused an error that is an answer, nor its headers, even where internals are shown', () => {
    const error = HttpError.conflict('taken', { cause: new Error('secret'), headers: { 'X-Secret': 'secret' } });
    assert.doesNotMatch(JSON.stringify(toProblem(error, 'r1', true)), /secret|stack/);
  });

  it('lists the failed rules', () => {
    const errors = [{ in: 'body', path: 'a', rule: 'max', message: 'too much' }] as const;
    assert.deepEqual(toProblem(HttpError.of('VALIDATION_FAILED', 'x', { errors }), 'r', false).errors, errors);
  });

  it('has the title of its code, else of its status, else the status in words', () => {
    const titleOf = (status: number, code?: string) =>
      toProblem(new HttpError(status, '', code === undefined ? {} : { code }), 'r', false).title;
    assert.equal(titleOf(413, 'FILE_TOO_LARGE'), 'A file is too large');
    assert.equal(titleOf(409, 'ORDER_PAID'), 'Conflict');
    assert.equal(titleOf(418), 'HTTP 418');
    // Names that every object has are no codes of the table.
    for (const code of ['constructor', '__proto__', 'toString']) assert.equal(titleOf(404, code), 'Not found');
  });

  it('without a detail has none, as an empty one says nothing', () => {
    assert.equal('detail' in toProblem(HttpError.notFound(), 'r', true), false);
    assert.equal('detail' in toProblem(toHttpError(new Error('x')), 'r', false), false);
  });

  it('is made of any thrown value whatever', () => {
    const check = (thrown: unknown) => {
      assert.equal(typeof describeThrown(thrown), 'string');
      assert.equal(toProblem(toHttpError(thrown), 'r', true).status, 500);
    };
    fc.assert(fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), check));
    for (const thrown of Object.values(HOSTILE)) check(thrown);
  });
});

describe('toHttpError', () => {
  it('leaves an HttpError as it is, and keeps anything else as the cause', () => {
    const error = HttpError.gone();
    assert.equal(toHttpError(error), error);
    const thrown = { some: 'value' };
    const made = toHttpError(thrown);
    assert.deepEqual([made.code, made.message, made.cause], ['INTERNAL', '', thrown]);
  });
});

describe('describe', () => {
  it('says what was thrown in a few words', () => {
    assert.equal(describeThrown(new TypeError('wrong')), 'TypeError: wrong');
    assert.equal(describeThrown('text'), 'text');
    assert.equal(describeThrown({ a: 1 }), 'thrown value: {"a":1}');
    assert.equal(describeThrown(undefined), 'thrown value: undefined');
    assert.equal(describeThrown(Symbol('s')), 'thrown value: Symbol(s)');
    assert.equal(describeThrown(5n), 'thrown value of type bigint');
    for (const thrown of ['message-no-text', 'name-a-symbol', 'message-a-getter', 'json-fails', 'revoked-proxy']) {
      assert.equal(describeThrown(HOSTILE[thrown]), 'thrown value of type object');
    }
  });
});

describe('isError', () => {
  it('is true of errors of every class and of nothing else', () => {
    for (const error of [new Error(), new AggregateError([]), HttpError.gone()]) assert.equal(isError(error), true);
    for (const other of [undefined, 'Error', { message: 'x' }, HOSTILE['revoked-proxy']]) {
      assert.equal(isError(other), false);
    }
  });
});

@Controller()
class Thrower {
  @Http('GET', '/:kind')
  run(_event: unknown, context: HttpContext): never {
    throw HOSTILE[context.params['kind'] ?? ''];
  }
}

for (const exposeErrors of [false, true]) {
  describe(`an error that fails when it is looked at, with exposeErrors ${exposeErrors}`, () => {
    let served: Served;
    before(async () => {
      served = await serve({ controllers: [Thrower], exposeErrors });
    });
    after(() => served.close());

    for (const kind of Object.keys(HOSTILE)) {
      it(`is answered with 500 and logged: ${kind}`, async () => {
        const response = await fetch(`${served.url}/${kind}`);
        assert.equal(response.status, 500);
        assert.equal(((await response.json()) as { code: string }).code, 'INTERNAL');
        assert.equal(served.lines.at(-1)?.level, 'error');
      });
    }
  });
}
