import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { ERROR_CODES } from '#src/errors/error-codes.js';
import { statusText } from '#src/server/status-text.js';

describe('statusText', () => {
  it('is the phrase of RFC 9110', () => {
    assert.equal(statusText(200), 'OK');
    assert.equal(statusText(404), 'Not Found');
    assert.equal(statusText(431), 'Request Header Fields Too Large');
  });

  it('is empty for a status that has none, as the phrase may be left out of a status line', () => {
    assert.equal(statusText(299), '');
    assert.equal(statusText(599), '');
  });

  it('has words for every status that an error of the table is answered with', () => {
    const wordless = Object.values(ERROR_CODES).filter(({ status }) => statusText(status) === '');
    assert.deepEqual(wordless, []);
  });
});
