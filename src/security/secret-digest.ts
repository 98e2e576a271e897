import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Secrets are compared as digests of one length: `===` is quicker the earlier two texts differ, which tells an attacker
 * how far a guess was right, and `timingSafeEqual` alone would tell the length.
 */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Whether two digests are the same, in a time that does not depend on where they differ. */
export function sameDigest(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
