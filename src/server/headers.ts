/** Response headers by name, as they are written; one name in two spellings would go out twice. */
export type Headers = Record<string, string | number | readonly string[]>;

/** Sets a header that may be there in another spelling. */
export function setHeader(headers: Headers, name: string, value: string | number | readonly string[]): void {
  deleteHeader(headers, name.toLowerCase());
  headers[name] = value;
}

/** The same, but for `Set-Cookie`: cookies are many, and a new one leaves those of others alone. */
export function mergeHeader(headers: Headers, name: string, value: string | number | readonly string[]): void {
  const present = name.toLowerCase() === 'set-cookie' ? getHeader(headers, 'set-cookie') : undefined;
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
