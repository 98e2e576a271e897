import { MIMEType } from 'node:util';

/** What the parsers need to know of a `Content-Type` header. */
export interface ContentType {
  /** Type and subtype in lower case: `application/json`. */
  readonly essence: string;
  /** The `charset` parameter in lower case. */
  readonly charset: string | undefined;
  /** The `boundary` parameter as it stands. */
  readonly boundary: string | undefined;
}

// Nearly every JSON client sends one of these two: they need no parsing.
const JSON_TYPE: ContentType = { essence: 'application/json', charset: undefined, boundary: undefined };
const JSON_UTF8_TYPE: ContentType = { essence: 'application/json', charset: 'utf-8', boundary: undefined };

/**
 * Parses a `Content-Type` header by the rules of browsers (https://mimesniff.spec.whatwg.org/#parsing-a-mime-type):
 * white space around it and broken parameters are passed over. `undefined` when it names no type at all.
 *
 * @example parseContentType('Text/Plain; charset=GBK') // { essence: 'text/plain', charset: 'gbk', … }
 */
export function parseContentType(header: string): ContentType | undefined {
  if (header === 'application/json') return JSON_TYPE;
  if (header === 'application/json; charset=utf-8') return JSON_UTF8_TYPE;
  let mime: MIMEType;
  try {
    mime = new MIMEType(header);
  } catch {
    return undefined; // Junk, which the caller answers with 415.
  }
  return {
    essence: mime.essence,
    charset: mime.params.get('charset')?.toLowerCase(),
    boundary: mime.params.get('boundary') ?? undefined,
  };
}
