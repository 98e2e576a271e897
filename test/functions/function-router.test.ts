import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { HttpError } from '#src/errors/http-error.js';
import { FunctionRouter } from '#src/functions/function-router.js';

/** A router whose targets are the paths themselves. */
function routerOf(...paths: string[]) {
  const router = new FunctionRouter<{ path: string }>();
  for (const path of paths) router.add(path, { path });
  return (url: string) => router.find(url)?.path;
}

describe('FunctionRouter', () => {
  const find = routerOf('/a', '/a/b', '/users/:id/files', '/star/*/end', '/docs/**');

  for (const [url, path] of [
    ['/a', '/a'],
    ['/a/', '/a'],
    ['/a/x/y', '/a'],
    ['/a/b', '/a/b'],
    ['/a/b/c', '/a/b'],
    ['/a/bc', '/a'],
    ['/aa', undefined],
    ['/A', undefined],
    ['/', undefined],
    ['//a', undefined],
    ['/a//b', '/a'],
    ['/a/../u', '/a'],
    ['/a?x=/a/b', '/a'],
    ['/a/b?token=x', '/a/b'],
    ['/%61', '/a'],
    ['/a%2Fb', undefined],
    ['/a/%2e%2e/b', '/a'],
    ['/users/1/files/2', '/users/:id/files'],
    ['/users/1', undefined],
    ['/users//files', undefined],
    ['/star/x/end', '/star/*/end'],
    ['/docs', '/docs/**'],
    ['/docs/x', '/docs/**'],
  ] as const) {
    it(`leads ${url} to ${path ?? 'nobody'}`, () => {
      assert.equal(find(url), path);
    });
  }

  it('takes the root for all that no other path has', () => {
    const rooted = routerOf('/', '/a');
    assert.deepEqual(['/', '/b', '//a', '/a/x', '/?a'].map(rooted), ['/', '/', '/', '/a', '/']);
  });

  it('lets the first of two on one path count', () => {
    assert.equal(routerOf('/a', '/a/')('/a'), '/a');
  });

  it('takes a name before a placeholder, and the longer path before either', () => {
    const both = routerOf('/:x', '/a', '/:x/deep');
    assert.deepEqual(['/a', '/b', '/a/deep', '/b/deep/er'].map(both), ['/a', '/:x', '/:x/deep', '/:x/deep']);
  });

  for (const url of ['/%zz', '/%', '/a/%ff', '/a%00', '/\u00fc']) {
    it(`refuses ${JSON.stringify(url)} as the server does`, () => {
      assert.throws(
        () => find(url),
        (error) => error instanceof HttpError && error.code === 'MALFORMED_URL',
      );
    });
  }

  it('finds what a search through all paths finds', () => {
    const segment = fc.constantFrom('a', 'b', 'ab', 'c');
    const path = fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`);
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 6 }), path, (paths, url) => {
        const holds = paths.filter((each) => each === '/' || url === each || url.startsWith(`${each}/`));
        const longest = holds.sort((one, other) => other.length - one.length)[0];
        assert.equal(routerOf(...paths)(url), longest);
      }),
      { numRuns: 500 },
    );
  });
});
