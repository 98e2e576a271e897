import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeEntries, encodeData, messageOf } from '#src/channels/redis/message-codec.js';

const decoded = (field: string, value: string) => decodeEntries([['1-0', [field, value, 'p', '0-1']]])[0];

describe('messages in a stream', () => {
  it('come out as they went in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (data) => {
        const entry = decoded(...encodeData(data));
        assert.deepEqual(entry?.data, JSON.parse(JSON.stringify(data)));
        assert.deepEqual([entry?.id, entry?.previous], ['1-0', '0-1']);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) =>
        assert.deepEqual(decoded(...encodeData(bytes))?.data, Buffer.from(bytes)),
      ),
    );
    assert.deepEqual(decoded(...encodeData(Uint16Array.of(258)))?.data, Buffer.from([2, 1]));
    assert.deepEqual(decoded(...encodeData(new ArrayBuffer(2)))?.data, Buffer.from([0, 0]));
    assert.equal(decoded(...encodeData(undefined))?.data, undefined);
  });

  it('of somebody else are read as far as they can be', () => {
    assert.deepEqual(decodeEntries([['1-0', ['d', 'no json', 'other', 'x']]]), [
      { id: '1-0', data: 'no json', previous: undefined },
    ]);
    assert.deepEqual(decodeEntries([['1-0', null]]), [{ id: '1-0', data: undefined, previous: undefined }]);
    assert.deepEqual(decodeEntries(null), []);
  });

  it('carry a gap only where there is one', () => {
    const entry = { id: '1-0', data: 1, previous: '' };
    assert.deepEqual(messageOf(entry, false), { id: '1-0', data: 1 });
    assert.deepEqual(messageOf(entry, true), { id: '1-0', data: 1, gap: true });
  });
});
