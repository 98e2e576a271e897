import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { parseContentType } from '#src/body/content-type.js';

describe('parseContentType', () => {
  it('gives type, charset and boundary, in lower case but for the boundary', () => {
    assert.deepEqual(parseContentType('Multipart/Form-Data; Boundary="aB c"; CHARSET=UTF-8'), {
      essence: 'multipart/form-data',
      charset: 'utf-8',
      boundary: 'aB c',
    });
  });

  it('gives the same for the usual headers as for rare spellings of them', () => {
    assert.deepEqual(parseContentType('application/json'), parseContentType(' application/JSON ;'));
    assert.deepEqual(
      parseContentType('application/json; charset=utf-8'),
      parseContentType('application/json;charset="utf-8"'),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (header) => void parseContentType(header)));
    assert.equal(parseContentType(''), undefined);
    assert.equal(parseContentType('json'), undefined);
  });
});
