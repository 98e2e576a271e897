import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import findMyWay from 'find-my-way';
import { HttpError } from '#src/errors/http-error.js';
import { Router } from '#src/routing/router.js';

function routerOf(
  ...routes: readonly [method: 'GET' | 'POST' | 'OPTIONS' | 'HEAD', path: string][]
): Router<{ path: string }> {
  const router = new Router<{ path: string }>();
  for (const [method, path] of routes) router.add([method], path, { path: `${method} ${path}` });
  return router;
}

function outcome(router: Router<{ path: string }>, method: string, url: string): unknown {
  try {
    const match = router.match(method, url);
    return match === undefined ? undefined : [match.endpoint.path, { ...match.params }];
  } catch (error) {
    return error instanceof HttpError ? error.code : error;
  }
}

describe('the router', () => {
  const router = routerOf(
    ['GET', '/'],
    ['GET', '/a/:id'],
    ['GET', '/a/fixed'],
    ['POST', '/a/:id'],
    ['GET', '/number/:n(^\\d+$)'],
    ['GET', '/all/*'],
  );

  for (const [method, url, expected] of [
    ['GET', '/', ['GET /', {}]],
    ['GET', '/?x', ['GET /', {}]],
    ['GET', '/a/1', ['GET /a/:id', { id: '1' }]],
    ['GET', '/a/1/', ['GET /a/:id', { id: '1' }]],
    ['GET', '/a/fixed', ['GET /a/fixed', {}]],
    ['HEAD', '/a/1', ['GET /a/:id', { id: '1' }]],
    ['POST', '/a/%2F%25?y=%zz', ['POST /a/:id', { id: '/%' }]],
    ['GET', '/number/12', ['GET /number/:n(^\\d+$)', { n: '12' }]],
    ['GET', '/number/x', undefined],
    ['GET', '/all/b/c', ['GET /all/*', { '*': 'b/c' }]],
    ['GET', '/A/1', undefined],
    ['GET', '//a/1', undefined],
    ['DELETE', '/a/1', undefined],
    ['BREW', '/a/1', undefined],
    ['GET', '/a/%zz', 'MALFORMED_URL'],
    ['GET', '/a/%00', 'MALFORMED_URL'],
    ['GET', '/a/\u00fc', 'MALFORMED_URL'],
    ['GET', '/a/b c', 'MALFORMED_URL'],
  ] as const) {
    it(`matches ${method} ${JSON.stringify(url)} to ${JSON.stringify(expected) ?? 'nothing'}`, () => {
      assert.deepEqual(outcome(router, method, url), expected);
    });
  }

  it('takes a parameter as long as a URL may be', () => {
    const id = 'x'.repeat(60_000);
    assert.deepEqual(outcome(router, 'GET', `/a/${id}`), ['GET /a/:id', { id }]);
  });

  it('prefers a HEAD route of its own to GET', () => {
    const both = routerOf(['GET', '/a'], ['HEAD', '/a']);
    assert.deepEqual(outcome(both, 'HEAD', '/a'), ['HEAD /a', {}]);
  });

  it('names every method that a path answers', () => {
    assert.deepEqual(router.allowed('/a/1').split(', ').sort(), ['GET', 'HEAD', 'OPTIONS', 'POST']);
    assert.equal(router.allowed('/none'), '');
    assert.equal(router.allowed('/a/%zz'), '');
    assert.equal(routerOf(['POST', '/p']).allowed('/p'), 'POST, OPTIONS');
  });

  it('decodes a parameter once, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (text) => {
        fc.pre(!text.includes('\0'));
        assert.deepEqual(outcome(router, 'POST', `/a/${encodeURIComponent(text)}`), ['POST /a/:id', { id: text }]);
      }),
      { numRuns: 300 },
    );
  });

  it('answers any URL with a match, nothing or 400', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const found = outcome(router, 'GET', `/${text}`);
        assert.ok(found === undefined || found === 'MALFORMED_URL' || Array.isArray(found), String(found));
        router.allowed(`/${text}`);
      }),
      { numRuns: 500 },
    );
  });

  it('answers to literal paths what the tree of find-my-way does, whatever stands beside them', () => {
    const segments = fc.constantFrom('a', 'b', 'a.b', 'A', ':x', ':y(^\\d+$)', '1', '*', '');
    const paths = fc
      .array(segments, { minLength: 1, maxLength: 3 })
      .map((parts) => `/${parts.join('/')}`)
      .filter((path) => !path.slice(0, -1).includes('*'));
    const urls = fc
      .array(fc.constantFrom('a', 'b', 'a.b', 'A', '1', '', 'x'), { maxLength: 3 })
      .map((parts) => `/${parts.join('/')}`);
    let found = 0;
    fc.assert(
      fc.property(
        fc.uniqueArray(paths, { maxLength: 8 }),
        fc.array(urls, { minLength: 1, maxLength: 8 }),
        (declared, asked) => {
          const ours = new Router<{ path: string }>();
          const theirs = findMyWay({ ignoreTrailingSlash: true });
          for (const path of declared) {
            try {
              theirs.on('GET', path, () => undefined, { path });
            } catch {
              continue; // two that it takes for one
            }
            ours.add(['GET'], path, { path });
          }
          for (const url of [...asked, ...declared]) {
            const store = theirs.find('GET', url)?.store as { path: string } | undefined; // what was given it above
            if (store !== undefined) found++;
            assert.equal(ours.match('GET', url)?.endpoint.path, store?.path, `${url} of ${declared.join(' ')}`);
          }
        },
      ),
      { numRuns: 2000 },
    );
    assert.ok(found > 2000, `${found} found`);
  });
});
