import { TextDecoder } from 'node:util';
import { HttpError } from '../errors/http-error.js';
import type { BodyLimits } from './body-limits.js';
import { type BodyParser, NO_BODY, type ParsedBody } from './body-parser.js';
import { collectBytes } from './collect-bytes.js';
import type { ContentType } from './content-type.js';
import { decodeUtf8, invalidUtf8Offset } from './utf8.js';

/** `text/*`, in any charset that browsers know (https://encoding.spec.whatwg.org/#names-and-labels); default UTF-8. */
export const text: BodyParser = {
  accepts: (type) => type?.essence.startsWith('text/') === true,
  read: (request, limits, type) => collectBytes(request, limits, type, parseText),
};

function parseText(bytes: Buffer, limits: BodyLimits, type: ContentType | undefined): ParsedBody {
  return bytes.length === 0 ? NO_BODY : { kind: 'text', value: decodeText(bytes, limits, type) };
}

/**
 * Bytes as text by the charset of their content type, without a byte order mark. Throws 415 `UNSUPPORTED_CHARSET`, or
 * 400 `MALFORMED_TEXT` when the bytes are not text in that charset.
 */
export function decodeText(bytes: Buffer, _limits: BodyLimits, type: ContentType | undefined): string {
  const charset = type?.charset ?? 'utf-8';
  if (charset !== 'utf-8' && charset !== 'utf8') return decodeCharset(bytes, charset);
  const decoded = decodeUtf8(bytes);
  if (decoded !== undefined) return decoded;
  throw HttpError.of('MALFORMED_TEXT', `byte ${invalidUtf8Offset(bytes)} is not UTF-8`);
}

function decodeCharset(bytes: Buffer, charset: string): string {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset, { fatal: true });
  } catch (cause) {
    throw HttpError.of('UNSUPPORTED_CHARSET', 'the charset of the Content-Type is not known', { cause });
  }
  if (decoder.encoding === 'windows-1252') return decodeWindows1252(bytes);
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw HttpError.of('MALFORMED_TEXT', `the body is not ${decoder.encoding}`, { cause });
  }
}

/** What the bytes 0x80 to 0x9f are (https://encoding.spec.whatwg.org/#index-windows-1252); all others are as in latin1. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Node's own decoder takes this charset for latin1 in many versions: the euro sign becomes a control character. */
function decodeWindows1252(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (control) => WINDOWS_1252[control.charCodeAt(0) - 0x80] ?? '');
}
