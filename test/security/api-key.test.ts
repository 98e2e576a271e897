import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { apiKey, type ApiKeyOptions } from '#src/security/api-key.js';
import { StartupError } from '#src/errors/startup-error.js';
import { type Guarded, guarded } from './guarded.js';

describe('apiKey()', () => {
  let app: Guarded;
  before(async () => {
    app = await guarded([apiKey({ keys: { ada: 'key-of-ada', bob: 'key-of-bob' }, query: 'key' })]);
  });
  after(() => app.close());

  const REFUSED = [401, 401, 401];

  it('lets a right key in by header and query, over every transport', async () => {
    assert.deepEqual(await app.statuses({ 'X-Api-Key': 'key-of-ada' }), [200, 200, 101]);
    assert.deepEqual(await app.statuses({}, '?key=key-of-bob'), [200, 200, 101]);
  });

  it('refuses what is missing, wrong, repeated, empty or far too long', async () => {
    assert.deepEqual(await app.statuses(), REFUSED);
    assert.deepEqual(await app.statuses({ 'X-Api-Key': 'key-of-adb' }), REFUSED);
    assert.deepEqual(await app.statuses({ 'X-Api-Key': 'key-of-ada, key-of-ada' }), REFUSED);
    assert.deepEqual(await app.statuses({ 'X-Api-Key': 'x'.repeat(5000) }), REFUSED);
    assert.deepEqual(await app.statuses({}, '?key=key-of-ada&key=key-of-ada'), REFUSED);
    assert.deepEqual(await app.statuses({}, '?key='), REFUSED);
    assert.deepEqual(await app.statuses({ 'X-Api-Key': 'wrong' }, '?key=key-of-ada'), REFUSED);
  });

  it('says who it was, and the same to all whom it refuses', async () => {
    const response = await fetch(`${app.url}/http`, { headers: { 'X-Api-Key': 'key-of-bob' } });
    assert.deepEqual(await response.json(), { caller: { by: 'api-key', id: 'bob' } });
    const bodies = await Promise.all(
      [{}, { 'X-Api-Key': 'wrong' }].map(async (headers) => {
        const refusal = await fetch(`${app.url}/http`, { headers: { 'X-Request-Id': 'r1', ...headers } });
        assert.equal(refusal.headers.get('www-authenticate'), 'ApiKey');
        const { detail, code } = (await refusal.json()) as { detail: string; code: string };
        return { detail, code };
      }),
    );
    assert.deepEqual(bodies[0], bodies[1]);
  });

  it('may ask a function, which says no by what is no name', async () => {
    const NAMES: Record<string, string | false | undefined> = { good: 'somebody', odd: false, nameless: '' };
    const own = await guarded([apiKey({ header: 'X-Own', verify: async (key) => NAMES[key] })]);
    try {
      assert.deepEqual(await own.statuses({ 'X-Own': 'good' }), [200, 200, 101]);
      assert.deepEqual(await own.statuses({ 'X-Own': 'odd' }), REFUSED);
      assert.deepEqual(await own.statuses({ 'X-Own': 'bad' }), REFUSED);
      assert.deepEqual(await own.statuses({ 'X-Own': 'nameless' }), REFUSED, 'an empty name is nobody’s');
    } finally {
      await own.close();
    }
  });

  it('does not start without a key, with an empty one, or with no place for it', () => {
    const wrong: ApiKeyOptions[] = [
      {},
      { keys: [] },
      { keys: {} },
      { keys: [''] },
      // What a variable that is not set gives in plain JavaScript.
      JSON.parse('{"keys":[null]}') as ApiKeyOptions,
      JSON.parse('{"keys":"abc"}') as ApiKeyOptions,
      { keys: ['a'], header: false },
      { keys: ['a'], header: 'a b' },
      { keys: ['a'], query: '' },
      { keys: ['a'], verify: () => 'ada' },
    ];
    for (const options of wrong) assert.throws(() => apiKey(options), StartupError);
    assert.doesNotThrow(() => apiKey({ keys: ['a'], header: false, query: 'key' }));
  });
});
