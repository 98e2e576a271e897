import { parse } from 'fast-querystring';
import { HttpError } from '../errors/http-error.js';
import type { BodyLimits } from './body-limits.js';
import { type BodyParser, type FormFields, NO_BODY, type ParsedBody } from './body-parser.js';
import { collectBytes } from './collect-bytes.js';
import { decodeUtf8, invalidUtf8Offset } from './utf8.js';

/**
 * `application/x-www-form-urlencoded`: flat fields, `a[b]=1` is a field called `a[b]`. A `%` that starts no valid
 * escape stands for itself, as in browsers (https://url.spec.whatwg.org/#urlencoded-parsing).
 */
export const urlencoded: BodyParser = {
  accepts: (type) => type?.essence === 'application/x-www-form-urlencoded',
  read(request, limits, type) {
    const charset = type?.charset;
    if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii') {
      throw HttpError.of('UNSUPPORTED_CHARSET', 'forms are read as UTF-8 only');
    }
    return collectBytes(request, limits, type, parseForm);
  },
};

function parseForm(bytes: Buffer, limits: BodyLimits): ParsedBody {
  if (bytes.length === 0) return NO_BODY;
  const text = decodeUtf8(bytes);
  if (text === undefined) throw HttpError.of('MALFORMED_FORM', `byte ${invalidUtf8Offset(bytes)} is not UTF-8`);
  if (hasMoreFieldsThan(text, limits.maxFormFields)) {
    throw HttpError.of('TOO_MANY_PARTS', `at most ${limits.maxFormFields} fields`);
  }
  const fields: FormFields = parse(text);
  for (const name in fields) {
    if (Buffer.byteLength(name) > limits.maxFieldNameBytes) {
      throw HttpError.of('BODY_TOO_LARGE', `a field name has at most ${limits.maxFieldNameBytes} bytes`);
    }
  }
  return { kind: 'form', value: fields };
}

/** Counted before parsing, so that a body of nothing but fields costs little. Nothing between two `&` is no field. */
function hasMoreFieldsThan(text: string, maxFields: number): boolean {
  let fields = 0;
  let start = 0;
  while (start < text.length) {
    const ampersand = text.indexOf('&', start);
    const end = ampersand === -1 ? text.length : ampersand;
    if (end > start) fields += 1;
    if (fields > maxFields) return true;
    start = end + 1;
  }
  return false;
}
