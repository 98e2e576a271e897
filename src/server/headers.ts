/** Response headers by name, as they are written; one name in two spellings would go out twice. */
export type Headers = Record<string, string | number | readonly string[]>;

/** Sets a header that may be there in another spelling. */
export function setHeader(headers: Headers, name: string, value: string | number | readonly string[]): void {
  const lower = name.toLowerCase();
  for (const present in headers) if (present.toLowerCase() === lower) delete headers[present];
  headers[name] = value;
}

export function hasHeader(headers: Headers, lowerName: string): boolean {
  for (const name in headers) if (name.toLowerCase() === lowerName) return true;
  return false;
}
