import { StartupError } from '../../errors/startup-error.js';
import type { CommandLink } from './redis-link.js';

/** Milliseconds that Redis may take at start. */
const OPEN_MS = 5000;

/**
 * Connects before the server listens.
 * @param degrades goes on without Redis; a mistake that no waiting mends (a wrong password, a missing package) stops the
 * start all the same.
 * @throws StartupError (rejected)
 */
export async function openLink(link: CommandLink, where: string, degrades: boolean): Promise<void> {
  try {
    await link.connected(OPEN_MS, true);
  } catch (error) {
    const { lastError } = link;
    if (lastError instanceof StartupError) {
      await link.close();
      throw lastError;
    }
    const reason = lastError?.message ?? 'it does not answer';
    const mistake = lastError === undefined ? undefined : mistakeIn(lastError);
    if (degrades && mistake === undefined) return;
    await link.close();
    const { problem, remedy } = mistake ?? {
      problem: `no Redis: ${reason}`,
      remedy: 'start Redis or mend its URL; channels can do without it for a time: whenUnavailable: ‘degrade’',
    };
    throw new StartupError([{ where, problem, remedy }], { cause: error });
  }
}

/** What no waiting mends. */
function mistakeIn(error: Error): { readonly problem: string; readonly remedy: string } | undefined {
  const { message } = error;
  if (/^(?:WRONGPASS|NOAUTH|NOPERM|ERR (?:invalid|AUTH|Client sent AUTH))/i.test(message)) {
    return {
      problem: `Redis refuses the user or the password: ${message}`,
      remedy: 'give the right ones in the URL: redis://user:password@host:port',
    };
  }
  // The codes of nodejs.org/api/tls.html, "X509 certificate error codes", and of a name that is not the certificate's.
  const code = 'code' in error ? String(error.code) : '';
  if (
    /^(?:CERT_|UNABLE_TO_|ERR_TLS_CERT_)|SELF_SIGNED_CERT|^(?:INVALID_CA|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)$/.test(
      code,
    )
  ) {
    return {
      problem: `the certificate of Redis is not accepted: ${message}`,
      remedy:
        'give its authority (client.tls.ca, or the file in NODE_EXTRA_CA_CERTS) and the name that it is made out to',
    };
  }
  return undefined;
}
