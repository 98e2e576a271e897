import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { discardResult, file, isIntegrationResponse, redirect } from '#src/server/result.js';

describe('redirect()', () => {
  const to = (url: string | URL) => redirect(url).headers?.['Location'];

  it('leaves a proper URL as it is', () => {
    for (const url of [
      '/a?next=%2Fb%3Fc%26d',
      'https://a.example/x%20y?q=%25#f',
      '/%E4%BA%91',
      '//other/',
      '/[a]',
      '?a=1',
    ]) {
      assert.equal(to(url), url);
    }
    assert.equal(to(new URL('https://a.example/ü')), 'https://a.example/%C3%BC');
  });

  it('encodes what no URL holds', () => {
    assert.equal(to('/云 "a"'), '/%E4%BA%91%20%22a%22');
    assert.equal(to('/a\r\nSet-Cookie: b'), '/a%0D%0ASet-Cookie:%20b');
    assert.equal(to('/100%'), '/100%25');
    assert.equal(to('/\\evil.example'), '/%5Cevil.example');
    assert.equal(to('/\ud800'), '/%EF%BF%BD');
  });

  it('gives for any text what a header can hold, and no second time anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl()), (url) => {
        const location = String(to(url));
        assert.match(location, /^[\x21-\x7e]*$/);
        assert.equal(to(location), location);
      }),
      { numRuns: 500 },
    );
  });

  it('takes only a status that redirects', () => {
    assert.equal(redirect('/', 308).statusCode, 308);
    // A caller in JavaScript may give any number.
    assert.throws(() => redirect('/', 200 as 302), /200 is not 301/);
  });
});

describe('isIntegrationResponse()', () => {
  it('asks for a number as statusCode and for the key headers', () => {
    assert.ok(isIntegrationResponse({ statusCode: 200, headers: null }));
    assert.ok(isIntegrationResponse({ statusCode: 200, headers: {} }));
    assert.ok(isIntegrationResponse(file('/a')));
    for (const other of [
      { statusCode: 200 },
      { statusCode: '200', headers: {} },
      { headers: {} },
      { statusCode: 200, headers: [] },
    ]) {
      assert.ok(!isIntegrationResponse(other));
    }
  });
});

describe('discardResult()', () => {
  it('ends every kind of source, within an integration response too', async () => {
    const readable = new Readable({ read() {} });
    discardResult({ statusCode: 200, headers: null, body: readable });
    await once(readable, 'close');

    let cancelled = 0;
    const cancel = () => {
      cancelled += 1;
    };
    discardResult(new ReadableStream({ cancel }));
    discardResult(new Response(new ReadableStream({ cancel })));
    assert.equal(cancelled, 2);

    let returned = 0;
    discardResult({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: true, value: undefined }),
        return: () => {
          returned += 1;
          return Promise.reject(new Error('of no interest'));
        },
      }),
    });
    assert.equal(returned, 1);
  });

  it('leaves all else alone', () => {
    for (const value of [undefined, null, 'text', 1, {}, [], new Blob([])]) discardResult(value);
  });

  it('does not mind a source that fails, or that someone else reads', async () => {
    const failing = new Readable({
      destroy: (_error, done) => done(new Error('of no interest')),
    });
    const closed = new Promise((resolve) => failing.once('close', resolve));
    discardResult(failing);
    await closed;
    const locked = new Response('x');
    locked.body?.getReader();
    discardResult(locked);
    await new Promise((resolve) => setImmediate(resolve));
  });
});
