/** Tokens are a kilobyte or two; what is longer is not even decoded. */
const MAX_TOKEN_LENGTH = 8192;

/**
 * Whether a text can be a token in compact form (RFC 7515, section 7.1): three segments, each the one base64url text of
 * its bytes. Decoders let spaces, padding and stray last bits pass, so that one signature would have many spellings.
 */
export function isCompactToken(token: string): boolean {
  if (token.length > MAX_TOKEN_LENGTH) return false;
  const segments = token.split('.', 4);
  return segments.length === 3 && segments.every(isCanonical);
}

function isCanonical(segment: string): boolean {
  return segment !== '' && Buffer.from(segment, 'base64url').toString('base64url') === segment;
}
