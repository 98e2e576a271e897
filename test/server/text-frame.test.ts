import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { textFrame } from '#src/server/text-frame.js';

/** The length that a frame's head states, and where its payload begins (RFC 6455, section 5.2). */
function headOf(frame: Buffer): [length: number, offset: number] {
  const short = frame.readUInt8(1);
  if (short < 126) return [short, 2];
  return short === 126 ? [frame.readUInt16BE(2), 4] : [Number(frame.readBigUInt64BE(2)), 10];
}

describe('textFrame', () => {
  it('states the length in its shortest form, and then holds the text', () => {
    const offsets = new Map<number, number>();
    for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]) {
      for (const letter of ['x', 'é', '漢', '\ud800']) {
        const text = letter.repeat(length);
        const frame = textFrame(text);
        const [stated, offset] = headOf(frame);
        const payload = frame.subarray(offset);
        assert.equal(frame[0], 0x81);
        assert.equal(stated, payload.length);
        assert.ok(payload.equals(Buffer.from(text)), `${length} × ${letter}`);
        offsets.set(stated, offset);
      }
    }
    assert.deepEqual(
      [125, 126, 65_535, 65_536].map((length) => offsets.get(length)),
      [2, 4, 4, 10],
    );
  });
});
