import { parse as parseStrictly } from 'secure-json-parse';
import { HttpError } from '../errors/http-error.js';
import type { BodyLimits } from './body-limits.js';
import type { BodyParser, ParsedBody } from './body-parser.js';
import { collectBytes } from './collect-bytes.js';
import { exceedsJsonDepth } from './json-depth.js';
import { findJsonFault } from './json-position.js';
import { decodeUtf8, invalidUtf8Offset } from './utf8.js';

/**
 * `application/json` and `+json`. Always UTF-8 (RFC 8259, section 8.1), with or without a byte order mark; any JSON
 * value, not only objects. An empty body is `MALFORMED_JSON`, since no JSON text is empty.
 */
export const json: BodyParser = {
  accepts: (type) => type !== undefined && (type.essence === 'application/json' || type.essence.endsWith('+json')),
  read(request, limits, type) {
    const charset = type?.charset;
    if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii') {
      throw HttpError.of('UNSUPPORTED_CHARSET', 'JSON is read as UTF-8 only');
    }
    return collectBytes(request, limits, type, parseJsonBody);
  },
};

function parseJsonBody(bytes: Buffer, limits: BodyLimits): ParsedBody {
  if (bytes.length === 0) throw HttpError.of('MALFORMED_JSON', 'the body is empty');
  const text = decodeUtf8(bytes);
  if (text === undefined) {
    throw HttpError.of('MALFORMED_JSON', `byte ${invalidUtf8Offset(bytes)} is not UTF-8`);
  }
  return { kind: 'json', value: parseJson(text, limits.maxJsonDepth) };
}

/**
 * JSON text from outside to a value. Throws `MALFORMED_JSON`, `JSON_TOO_DEEP` past `maxDepth` levels, or
 * `FORBIDDEN_KEY` for the keys that would change a prototype when the value is merged into another. The detail gives
 * the position of a fault and never the text.
 */
export function parseJson(text: string, maxDepth: number): unknown {
  if (exceedsJsonDepth(text, maxDepth)) throw HttpError.of('JSON_TOO_DEEP', `at most ${maxDepth} levels`);
  try {
    const parsed: unknown = mayHoldForbiddenKey(text) ? parseStrictly(text) : JSON.parse(text);
    return parsed;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const fault = findJsonFault(text);
    // Well-formed and refused all the same: that is the strict parser's doing.
    if (fault === undefined) {
      throw HttpError.of('FORBIDDEN_KEY', '__proto__ and constructor.prototype are not allowed as keys');
    }
    // Without the error as cause: its message quotes the body, and causes go into the log.
    const { line, column, offset, expected } = fault;
    throw HttpError.of('MALFORMED_JSON', `line ${line}, column ${column} (offset ${offset}): expected ${expected}`);
  }
}

/** Searching for a word is much faster than the strict parser's patterns; without `\u` a key has no second spelling. */
function mayHoldForbiddenKey(text: string): boolean {
  return text.includes('__proto__') || text.includes('constructor') || text.includes('\\u');
}
