import { isAscii, isUtf8 } from 'node:buffer';

/** The text of UTF-8 bytes, without a byte order mark; `undefined` when they are not UTF-8. */
export function decodeUtf8(bytes: Buffer): string | undefined {
  // Nearly every body is, and its text is then its bytes.
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** The offset of the first byte that is not UTF-8. Only for bytes that `decodeUtf8` has refused. */
export function invalidUtf8Offset(bytes: Buffer): number {
  // A lenient decoder puts U+FFFD in the place of what it cannot read, and up to there the lengths agree.
  const text = bytes.toString('utf8');
  let offset = 0;
  for (let from = 0; ; ) {
    const at = text.indexOf('\ufffd', from);
    offset += Buffer.byteLength(at === -1 ? text.slice(from) : text.slice(from, at));
    const genuine = bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
    if (at === -1 || !genuine) return offset;
    offset += 3;
    from = at + 1;
  }
}
