import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** One of the equally strong settings that OWASP gives for scrypt, and the one of 16 MiB: functions are small. */
const LOG_N = 14;
const BLOCK = 8;
const PARALLEL = 5;

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** `$scrypt$ln=14,r=8,p=5$<salt>$<hash>`, in base64 without padding: the PHC string format. */
const FORM =
  /^\$scrypt\$ln=(?<logN>\d{1,2}),r=(?<r>\d{1,3}),p=(?<p>\d{1,3})\$(?<salt>[\w+/-]{11,86})\$(?<hash>[\w+/-]{22,86})$/;

/** A hash as `hashPassword` wrote it, read. */
export interface PasswordHash {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/**
 * The hash of a password, to be stored in its place: scrypt with a salt of its own, as text that also holds the
 * settings. Takes about a tenth of a second, on a thread of its own.
 *
 * @example
 * console.log(await hashPassword('correct horse battery staple'));
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, { logN: LOG_N, r: BLOCK, p: PARALLEL, salt, hash: Buffer.alloc(HASH_BYTES) });
  return `$scrypt$ln=${LOG_N},r=${BLOCK},p=${PARALLEL}$${unpadded(salt)}$${unpadded(hash)}`;
}

/** Reads a hash; `undefined`: it is none, or its settings are beyond what any machine should be asked for. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const groups = FORM.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const [logN, r, p] = [Number(groups['logN']), Number(groups['r']), Number(groups['p'])];
  if (logN < 1 || logN > 20 || r < 1 || r > 32 || p < 1 || p > 64) return undefined;
  return {
    logN,
    r,
    p,
    salt: Buffer.from(groups['salt'] ?? '', 'base64'),
    hash: Buffer.from(groups['hash'] ?? '', 'base64'),
  };
}

/** Whether a password is the one of a hash; in constant time. */
export async function isPassword(password: string, expected: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, expected), expected.hash);
}

function derive(password: string, { logN, r, p, salt, hash }: PasswordHash): Promise<Buffer> {
  const N = 2 ** logN;
  // What it takes, and a little for node's own count of it.
  const settings = { N, r, p, maxmem: 128 * r * (N + p + 16) };
  return new Promise((resolve, reject) => {
    // One text has several forms in Unicode: keyboards of different systems send different ones (RFC 8265, section 4.2).
    scrypt(password.normalize('NFC'), salt, hash.length, settings, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
