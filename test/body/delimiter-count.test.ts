import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { DelimiterCount } from '#src/body/delimiter-count.js';
import { cutAt } from './body-server.js';

function countIn(boundary: string, chunks: readonly (string | Buffer)[]): number {
  const delimiters = new DelimiterCount(boundary);
  for (const chunk of chunks) delimiters.push(Buffer.from(chunk));
  return delimiters.count;
}

describe('DelimiterCount', () => {
  it('counts the first line, those between and the closing one', () => {
    assert.equal(countIn('B', ['--B\r\nx\r\n--B\r\ny\r\n--B--\r\n']), 3);
    assert.equal(countIn('B', ['preamble\r\n--B--']), 1);
    assert.equal(countIn('B', ['x--B\r\n']), 0);
  });

  it('looks at nothing behind the closing one', () => {
    assert.equal(countIn('B', ['--B\r\n\r\n--B--\r\n--B\r\n', '\r\n--B\r\n']), 2);
  });

  it('gives what belongs to the form, however the body is cut into chunks', () => {
    const body = Buffer.from('preamble\r\n--B\r\nx\r\n--B--\r\n--B\r\nepilogue');
    fc.assert(
      fc.property(fc.array(fc.nat(200), { maxLength: 8 }), (places) => {
        const delimiters = new DelimiterCount('B');
        const form = cutAt(body, places).map((chunk) => delimiters.push(chunk));
        assert.equal(String(Buffer.concat(form)), 'preamble\r\n--B\r\nx\r\n--B--');
      }),
    );
  });

  it('counts the same however the body is cut into chunks', () => {
    const piece = fc.constantFrom('\r\n--ab', '--', '\r\n', '\r', '-', 'a', 'b', '\r\n--a', '\r\n--ab--', 'xyz');
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(200), { maxLength: 8 }), (pieces, places) => {
        const body = Buffer.from(pieces.join(''));
        // Two bytes behind a line tell whether it is the closing one; a form always has them.
        const closed = Buffer.concat([body, Buffer.from('....')]);
        const [before = ''] = `\r\n${String(closed)}`.split('\r\n--ab--');
        const closing = `\r\n${String(closed)}`.includes('\r\n--ab--') ? 1 : 0;
        assert.equal(countIn('ab', cutAt(closed, places)), before.split('\r\n--ab').length - 1 + closing);
      }),
      { numRuns: 2000 },
    );
  });
});
