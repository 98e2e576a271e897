import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsedText } from '#src/client/parsed-text.js';

describe('parsedText', () => {
  it('is the value of JSON and any other text as it is', () => {
    assert.deepEqual(['{"a":[1]}', '5', 'null', '"x"', 'x', '', '{'].map(parsedText), [
      { a: [1] },
      5,
      null,
      'x',
      'x',
      '',
      '{',
    ]);
  });

  it('leaves bytes as they are', () => {
    const bytes = new ArrayBuffer(2);
    assert.equal(parsedText(bytes), bytes);
  });
});
