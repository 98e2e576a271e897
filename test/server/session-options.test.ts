import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { sessionOptionsOf } from '#src/server/session-options.js';
import { fakeUpgradeContext } from '#src/testing/fake-upgrade-context.js';

describe('sessionOptionsOf', () => {
  it('gives no session unless the route asks for it', () => {
    assert.equal(sessionOptionsOf(undefined, 60_000).resumeMs, 0);
    assert.equal(sessionOptionsOf(false, 60_000).resumeMs, 0);
    assert.equal(sessionOptionsOf(true, 60_000).resumeMs, 60_000);
    assert.equal(sessionOptionsOf({}, 60_000).resumeMs, 60_000);
    assert.equal(sessionOptionsOf({ withinMs: 5000 }, 60_000).resumeMs, 5000);
  });

  it('takes for whose session it is what guards have left in the state, or what the route says', () => {
    const context = fakeUpgradeContext({ state: { identity: 'ada' } });
    assert.equal(sessionOptionsOf(true, 1).identityOf(context), 'ada');
    assert.equal(sessionOptionsOf({ identity: ({ path }) => path }, 1).identityOf(context), context.path);
  });
});
