import type { MiddlewareFunction } from '../context/middleware.js';
import { StartupError } from '../errors/startup-error.js';

/** What a client without credentials gets: a challenge, which browsers answer with a question to the user (RFC 7617). */
const CHALLENGE = {
  statusCode: 401,
  headers: {
    'WWW-Authenticate': 'Basic realm="Authorization Required", charset="UTF-8"',
    'Content-Type': 'text/plain; charset=utf-8',
  },
  body: 'Unauthorized',
};

/**
 * Asks every request and every WebSocket for one of these accounts, `OPTIONS` included (option `allowedAccounts`).
 *
 * @param accounts `user:password`; all after the first colon is the password.
 * @throws StartupError for an account without a colon, or without a name.
 */
export function basicAuth(accounts: readonly string[]): MiddlewareFunction {
  const { createHash, timingSafeEqual } = process.getBuiltinModule('node:crypto');
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const allowed = accounts.map((account) => {
    if (account.indexOf(':') > 0) return digest(account);
    const problem = 'an account is no user:password'; // and is not shown
    throw new StartupError([{ where: 'option allowedAccounts', problem, remedy: 'give user:password,user:password' }]);
  });
  return (context, next) => {
    const [, encoded] = /^basic +([A-Za-z0-9+/=]+)$/i.exec(context.headers.authorization ?? '') ?? [];
    if (encoded === undefined) return CHALLENGE;
    const given = digest(Buffer.from(encoded, 'base64').toString('utf8'));
    // All are compared, each in the same time: neither tells how near a guess was.
    let matches = false;
    for (const each of allowed) matches = timingSafeEqual(each, given) || matches;
    return matches ? next() : CHALLENGE;
  };
}
