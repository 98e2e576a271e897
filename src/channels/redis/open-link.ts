import { StartupError } from '../../errors/startup-error.js';
import type { RedisLink } from './redis-link.js';

/** Milliseconds that Redis may take at start. */
const OPEN_MS = 5000;

/**
 * Connects before the server listens.
 * @param degrades goes on without Redis; a mistake that no waiting mends (a wrong password, a missing package) stops the
 * start all the same.
 * @throws StartupError (rejected)
 */
export async function openLink(link: RedisLink, where: string, degrades: boolean): Promise<void> {
  try {
    await link.connected(OPEN_MS, true);
  } catch (error) {
    const { lastError } = link;
    if (lastError instanceof StartupError) {
      await link.close();
      throw lastError;
    }
    const reason = lastError?.message ?? 'it does not answer';
    const refused = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR (?:invalid|AUTH|Client sent AUTH))/i.test(reason);
    if (degrades && !refused) return;
    await link.close();
    const problem = refused ? `Redis refuses the user or the password: ${reason}` : `no Redis: ${reason}`;
    const remedy = refused
      ? 'give the right ones in the URL: redis://user:password@host:port'
      : 'start Redis or mend its URL; channels can do without it for a time: whenUnavailable: ‘degrade’';
    throw new StartupError([{ where, problem, remedy }], { cause: error });
  }
}
