import type { Transform } from 'node:stream';
import { HttpError } from '../errors/http-error.js';

// More than this many codings on top of each other serve nobody but an attacker.
const MAX_CODINGS = 3;

/**
 * The inflaters that undo a `Content-Encoding`, in the order in which the body must pass through them: gzip, deflate
 * (the zlib format) and br, also several of them separated by commas. Throws 415 `UNSUPPORTED_ENCODING` for any other,
 * and names those supported (RFC 9110, section 12.5.3).
 */
export function createInflaters(header: string | undefined): Transform[] {
  if (header === undefined) return [];
  const codings = header
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > MAX_CODINGS) throw unsupported(`at most ${MAX_CODINGS} codings`);
  const makers = codings.map(inflaterMaker);
  // The last coding named was applied last, so it is the first to come off (RFC 9110, section 8.4).
  return makers.toReversed().map((make) => make());
}

function inflaterMaker(coding: string): () => Transform {
  // zlib is loaded by the first compressed body: most functions never see one.
  const zlib = process.getBuiltinModule('node:zlib');
  if (coding === 'gzip' || coding === 'x-gzip') return zlib.createGunzip;
  if (coding === 'deflate') return zlib.createInflate;
  if (coding === 'br') return zlib.createBrotliDecompress;
  throw unsupported('gzip, deflate and br are supported');
}

function unsupported(detail: string): HttpError {
  return HttpError.of('UNSUPPORTED_ENCODING', detail, { headers: { 'Accept-Encoding': 'gzip, deflate, br' } });
}
