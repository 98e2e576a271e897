import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { redactText } from '#src/errors/redact-text.js';

describe('redactText', () => {
  it('takes credentials out of headers, URLs and queries, and leaves the rest', () => {
    const table = [
      [
        '401 for Authorization: Bearer eyJhbGciOi.eyJz.c2ln and more',
        '401 for Authorization: Bearer [redacted] and more',
      ],
      ['connect redis://user:pa55@cache:6379/0 failed', 'connect redis://user:[redacted]@cache:6379/0 failed'],
      ['redis://:pa55@cache', 'redis://:[redacted]@cache'],
      ['GET /a?id=1&access_token=abc&x=2', 'GET /a?id=1&access_token=[redacted]&x=2'],
      ['"/b?apiKey=abc"', '"/b?apiKey=[redacted]"'],
      ['/c?secretKey=abc&private_key=def', '/c?secretKey=[redacted]&private_key=[redacted]'],
      ['see http://host:80/a@b, basic rules apply', 'see http://host:80/a@b, basic rules apply'],
    ] as const;
    for (const [text, clean] of table) assert.equal(redactText(text), clean);
  });

  it('takes time in proportion to the text, whatever is in it', () => {
    for (const piece of ['?', '//', '//a:', 'Bearer ', '?token', '&a-', ':']) {
      assert.equal(typeof redactText(piece.repeat(100_000)), 'string');
    }
  });
});
