/** Far above what the platform sends, far below what would hurt. */
const MAX_ENCODED_BYTES = 16 * 1024;

/**
 * The platform's extended context: JSON in base64 or base64url in one header (`X-Cloudbase-Context`).
 * What cannot be read is `undefined`: it is the gateway's word or nothing. It may hold temporary credentials, so it is
 * never logged.
 */
export function parseExtendedContext(header: string | string[] | undefined): Record<string, unknown> | undefined {
  if (typeof header !== 'string' || header === '' || header.length > MAX_ENCODED_BYTES) return undefined;
  try {
    // Buffer's base64 reads both alphabets.
    const value: unknown = JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
