/** Response headers by name, as they are written; one name in two spellings would go out twice. */
export type Headers = Record<string, string | number | readonly string[]>;

/** Sets a header that may be there in another spelling. */
export function setHeader(headers: Headers, name: string, value: string | number | readonly string[]): void {
  deleteHeader(headers, name.toLowerCase());
  headers[name] = value;
}

/**
 * The same, but for what is many: a new cookie leaves those of others alone, and an answer that depends on one more
 * header still depends on those that `Vary` named before (RFC 9110, section 12.5.5).
 */
export function mergeHeader(headers: Headers, name: string, value: string | number | readonly string[]): void {
  const lowerName = name.toLowerCase();
  const present = lowerName === 'set-cookie' || lowerName === 'vary' ? getHeader(headers, lowerName) : undefined;
  setHeader(headers, name, present === undefined ? value : [...toList(present), ...toList(value)]);
}

/** Forgets a header, however it is spelled. */
export function deleteHeader(headers: Headers, lowerName: string): void {
  for (const name in headers) if (name.toLowerCase() === lowerName) delete headers[name];
}

export function hasHeader(headers: Headers, lowerName: string): boolean {
  return getHeader(headers, lowerName) !== undefined;
}

/** A header's value, however it is spelled. */
export function getHeader(headers: Headers, lowerName: string): Headers[string] | undefined {
  for (const name in headers) if (name.toLowerCase() === lowerName) return headers[name];
  return undefined;
}

function toList(value: string | number | readonly string[]): readonly string[] {
  return typeof value === 'object' ? value : [String(value)];
}
