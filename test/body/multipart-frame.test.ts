import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { MultipartFrame } from '#src/body/multipart-frame.js';
import { cutAt } from './body-server.js';

/** What came of a whole body. */
function frameOf(boundary: string, chunks: readonly (string | Buffer)[]): MultipartFrame {
  const frame = new MultipartFrame(boundary);
  for (const chunk of chunks) frame.push(Buffer.from(chunk));
  frame.end();
  return frame;
}

function mistakeIn(body: string): string | undefined {
  return frameOf('B', [body]).mistake;
}

const PART = '--B\r\nX: y\r\n\r\nbody\r\n';

describe('MultipartFrame', () => {
  it('counts the first line, those between and the closing one', () => {
    const { count, closed, mistake } = frameOf('B', [PART, PART, '--B--\r\n']);
    assert.deepEqual([count, closed, mistake], [3, true, undefined]);
    assert.deepEqual(frameOf('B', ['--B--']).count, 1);
  });

  it('looks at nothing behind the closing one', () => {
    const { count, mistake } = frameOf('B', [`${PART}--B--\r\n--B\r\n`, '\r\n--B\r\n']);
    assert.deepEqual([count, mistake], [2, undefined]);
  });

  it('gives what belongs to the form, however the body is cut into chunks', () => {
    const form = `preamble\r\n${PART}--B--`;
    const body = Buffer.from(`${form}\r\n--B\r\nepilogue`);
    fc.assert(
      fc.property(fc.array(fc.nat(200), { maxLength: 8 }), (places) => {
        const frame = new MultipartFrame('B');
        const passed = cutAt(body, places).map((chunk) => frame.push(chunk));
        assert.equal(String(Buffer.concat(passed)), form);
      }),
    );
  });

  it('says what is wrong with a form', () => {
    for (const [body, mistake] of [
      ['', 'the form ends before its closing boundary'],
      ['preamble', 'the form ends before its closing boundary'],
      [PART, 'the form ends before its closing boundary'],
      [`${PART}--B-`, 'the form ends before its closing boundary'],
      ['preamble\r\n--B--', 'no part begins with the boundary'],
      [`--X\r\nX: y\r\n\r\nbody\r\n${PART}--B--`, 'a line before the first boundary begins like one'],
      [`${PART}--Bx\r\n\r\n\r\n--B--`, 'something stands behind a boundary on its line'],
      [`${PART}--B \r\n\r\n\r\n--B--`, 'something stands behind a boundary on its line'],
      ['--B\r\nX: y\r\n--B--', 'a boundary stands among the headers of a part'],
      ['--B\r\nX: y\r\n\r\n--B--', 'a boundary stands among the headers of a part'],
      ['--B\r\n--B--', 'a boundary stands among the headers of a part'],
    ] as const) {
      assert.equal(mistakeIn(body), mistake, JSON.stringify(body));
    }
  });

  it('takes a preamble before parts, line breaks before anything, and parts without headers or body', () => {
    for (const body of [
      `preamble -- with dashes\r\n-\r\n${PART}--B--`,
      '\r\n\r\n--B--',
      `\r\n${PART}--B--`,
      '--B\r\n\r\n\r\n--B--',
      '--B\r\nX: y\r\n\r\n\r\n--B--',
    ]) {
      assert.equal(mistakeIn(body), undefined, JSON.stringify(body));
    }
  });

  it('gives nothing of a chunk with a mistake, or of what follows it', () => {
    const frame = new MultipartFrame('B');
    assert.equal(String(frame.push(Buffer.from(PART))), PART);
    assert.equal(frame.push(Buffer.from('--Bxyz')).length, 0);
    assert.equal(frame.push(Buffer.from(PART)).length, 0);
    assert.equal(frame.count, 2);
  });

  it('comes to the same however the body is cut into chunks', () => {
    const lines = ['\r\n--ab', '--ab', '\r\n--ab--', '--ab\r\nX: y\r\n\r\n', '\r\n--ab\r\n\r\n', '\r\n--a'];
    const piece = fc.constantFrom(...lines, '--', '\r\n', '\r\n\r\n', '\r', '-', 'a', 'b', 'xyz');
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(200), { maxLength: 8 }), (pieces, places) => {
        const body = Buffer.from(pieces.join(''));
        const whole = frameOf('ab', [body]);
        const cut = frameOf('ab', cutAt(body, places));
        assert.deepEqual([cut.count, cut.closed, cut.mistake], [whole.count, whole.closed, whole.mistake]);
      }),
      { numRuns: 3000 },
    );
  });
});
