// Finds the ends of HTTP/1.1 responses on a keep-alive connection. Only what the peers send: a length, or chunks.
const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

export class ResponseReader {
  #pending;
  #onResponse;

  /** @param onResponse called with status and body (chunk framing included) of each response. */
  constructor(onResponse) {
    this.#onResponse = onResponse;
  }

  push(data) {
    let bytes = this.#pending === undefined ? data : Buffer.concat([this.#pending, data]);
    this.#pending = undefined;
    while (bytes.length > 0) {
      const end = responseEnd(bytes);
      if (end === undefined) {
        this.#pending = bytes;
        return;
      }
      this.#onResponse(Number(bytes.latin1Slice(9, 12)), bytes.toString('utf8', end.head, end.all));
      bytes = bytes.subarray(end.all);
    }
  }
}

function responseEnd(bytes) {
  const found = bytes.indexOf(HEAD_END);
  if (found === -1) return undefined;
  const head = found + HEAD_END.length;
  const text = bytes.latin1Slice(0, found);
  const length = /\r\ncontent-length: *(\d+)/i.exec(text);
  if (length !== null) {
    const all = head + Number(length[1]);
    return all <= bytes.length ? { head, all } : undefined;
  }
  if (/\r\ntransfer-encoding: *chunked/i.test(text)) {
    const last = bytes.indexOf(LAST_CHUNK, head);
    return last === -1 ? undefined : { head, all: last + LAST_CHUNK.length };
  }
  return { head, all: head };
}
