import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { StartupError } from '#src/errors/startup-error.js';
import { basicAuth } from '#src/functions/basic-auth.js';
import { fakeHttpContext } from '#src/testing/fake-http-context.js';

/** What the middleware answers to this header, or `passed`. */
async function ask(accounts: readonly string[], authorization?: string): Promise<unknown> {
  const context = fakeHttpContext(authorization === undefined ? {} : { headers: { authorization } });
  const result: unknown = await basicAuth(accounts)(context, async () => 'passed');
  return result === 'passed' ? result : (result as { statusCode: number }).statusCode;
}
const basic = (account: string) => `Basic ${Buffer.from(account).toString('base64')}`;

describe('basicAuth', () => {
  const accounts = ['ann:secret', 'bob:a:b:c', 'ümlaut:pässword'];

  for (const account of accounts) {
    it(`lets ${account.split(':')[0]} in`, async () => assert.equal(await ask(accounts, basic(account)), 'passed'));
  }

  for (const [what, header] of [
    ['nobody', undefined],
    ['a wrong password', basic('ann:wrong')],
    ['the beginning of a password', basic('bob:a')],
    ['another’s password', basic('ann:a:b:c')],
    ['another scheme', `Bearer ${Buffer.from('ann:secret').toString('base64')}`],
    ['no base64', 'Basic !!!'],
    ['nothing after the scheme', 'Basic '],
  ] as const) {
    it(`refuses ${what}`, async () => assert.equal(await ask(accounts, header), 401));
  }

  it('asks for credentials', async () => {
    const refusal = await basicAuth(accounts)(fakeHttpContext(), async () => 'passed');
    const { headers, body } = refusal as { headers: Record<string, string>; body: string };
    assert.match(headers['WWW-Authenticate'] ?? '', /^Basic realm="Authorization Required"/);
    assert.equal(body, 'Unauthorized');
  });

  for (const account of ['nocolon', ':nameless']) {
    it(`does not start with ${account}, and does not repeat it`, () => {
      assert.throws(
        () => basicAuth([account]),
        (error) => error instanceof StartupError && !error.message.includes(account),
      );
    });
  }
});
