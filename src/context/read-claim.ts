/** How a claim that a gateway forwards is written in its header. */
export type ClaimType = 'string' | 'number' | 'boolean' | 'json';

/** The type of a claim's value. */
export type ClaimValue<Type extends ClaimType> = {
  string: string;
  number: number;
  boolean: boolean;
  json: unknown;
}[Type];

/** Far above what a gateway sends. */
const MAX_CHARACTERS = 8192;

/** A claim as its type. `undefined`: the header is not there, or is not of that type. */
export function readClaim(header: string | string[] | undefined, type: ClaimType): unknown {
  // A header that came twice was not written by the gateway alone.
  if (typeof header !== 'string' || header === '' || header.length > MAX_CHARACTERS) return undefined;
  switch (type) {
    case 'string':
      return header;
    case 'number':
      return /^-?\d+(?:\.\d+)?$/.test(header) ? Number(header) : undefined;
    case 'boolean':
      return header === 'true' ? true : header === 'false' ? false : undefined;
    case 'json':
      return readJson(header);
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the gateway's word or nothing
  }
}
