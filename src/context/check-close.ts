/** A close frame's payload holds 125 bytes, two of them the code (RFC 6455, section 5.5). */
const MAX_REASON_BYTES = 123;

/** Refuses what may not stand in a close frame (RFC 6455, section 7.4). @throws RangeError */
export function checkClose(code: number, reason: string): void {
  const general = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
  const own = code >= 3000 && code <= 4999;
  if (!Number.isInteger(code) || !(general || own)) {
    throw new RangeError(`close code ${code} may not be sent: 1000 to 1014 without 1004 to 1006, or 3000 to 4999`);
  }
  if (Buffer.byteLength(reason) > MAX_REASON_BYTES) {
    throw new RangeError(`a close reason has at most ${MAX_REASON_BYTES} bytes`);
  }
}
