/** Far above what the platform sends, far below what would hurt. */
const MAX_ENCODED_BYTES = 16 * 1024;

/** What a header may inflate to: a few kilobytes of zeros can be made into gigabytes. */
const MAX_INFLATED_BYTES = 64 * 1024;

/**
 * The platform's extended context: JSON in base64 or base64url in one header (`X-Cloudbase-Context`), gzipped or not.
 * What cannot be read is `undefined`: it is the gateway's word or nothing. It may hold temporary credentials, so it is
 * never logged.
 */
export function parseExtendedContext(header: string | string[] | undefined): Record<string, unknown> | undefined {
  if (typeof header !== 'string' || header === '' || header.length > MAX_ENCODED_BYTES) return undefined;
  try {
    // Buffer's base64 reads both alphabets.
    const value: unknown = JSON.parse(inflated(Buffer.from(header, 'base64')).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** gzip begins with these two bytes (RFC 1952, section 2.3.1), and no JSON text does. */
function inflated(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const zlib = process.getBuiltinModule('node:zlib');
  return zlib.gunzipSync(bytes, { maxOutputLength: MAX_INFLATED_BYTES });
}
