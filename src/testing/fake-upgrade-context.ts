import { abortContext, type ContextState } from '../context/http-context.js';
import { UpgradeContext } from '../context/upgrade-context.js';
import { ClientLeft, type FakeContextInit, fakeRequest, fakeSettings, furnish } from './fake-request.js';

/** A real `UpgradeContext` with no socket behind it. Made by {@link fakeUpgradeContext}. */
export class FakeUpgradeContext<State extends object = ContextState> extends UpgradeContext<State> {
  constructor(init: FakeContextInit<State> = {}) {
    super(fakeRequest(init), init.params ?? {}, fakeSettings(init));
    furnish(this, init);
  }

  /** Aborts `signal`, as when the client leaves before it is answered. */
  abort(reason: Error = new ClientLeft()): void {
    abortContext(this, reason);
  }
}

/**
 * A context for a test that calls an `upgrade` handler, or a middleware around one, by itself.
 *
 * @example
 * assert.equal(controller.authorize(join, fakeUpgradeContext({ headers: { origin: 'https://other.example' } })), false);
 */
export function fakeUpgradeContext<State extends object = ContextState>(
  init?: FakeContextInit<State>,
): FakeUpgradeContext<State> {
  return new FakeUpgradeContext(init);
}
