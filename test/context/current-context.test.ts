import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { currentContext, enableCurrentContext } from '#src/context/current-context.js';
import { HttpContext } from '#src/context/http-context.js';
import { silent } from '../silent-log.js';

describe('currentContext', () => {
  it('is off at first, then gives the context of the code that asks, and nothing outside', async () => {
    assert.throws(() => currentContext(), /currentContext\(\) is off/);
    const storage = enableCurrentContext();
    assert.equal(enableCurrentContext(), storage);
    assert.throws(() => currentContext(), /outside a request/);
    const contexts = [1, 2].map(() => new HttpContext({ headers: {}, socket: {} }, {}, silent));
    await Promise.all(
      contexts.map((context) =>
        storage.run(context, async () => {
          await Promise.resolve();
          assert.equal(currentContext(), context);
        }),
      ),
    );
    assert.throws(() => currentContext(), /outside a request/);
  });
});
