import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { cleanFilename, randomFilename } from '#src/body/filename.js';

describe('cleanFilename', () => {
  const cases: [string | undefined, string | null][] = [
    [undefined, null],
    ['', null],
    ['中文.txt', '中文.txt'],
    ['../../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\x.doc', 'x.doc'],
    ['a/b\\c', 'c'],
    ['/etc/', null],
    ['..', null],
    ['../.', null],
    ['.\u0000.', null],
    ['a\u0000b\r\nc\u0085.txt', 'abc.txt'],
    ['.bashrc', '.bashrc'],
  ];
  for (const [given, wanted] of cases) {
    it(`makes ${JSON.stringify(wanted)} of ${JSON.stringify(given)}`, () => {
      assert.equal(cleanFilename(given), wanted);
    });
  }

  it('never leaves a separator or a control character', () => {
    const nasty = fc.string({ unit: fc.constantFrom('/', '\\', '.', '\u0000', '\n', 'a', '\u009f') });
    fc.assert(
      fc.property(nasty, (given) => {
        const name = cleanFilename(given);
        assert.ok(name === null || /^[.a]+$/.test(name));
      }),
    );
  });
});

describe('randomFilename', () => {
  it('keeps a plain extension and no other', () => {
    assert.match(randomFilename('photo.JPG'), /^[0-9a-f-]{36}\.jpg$/);
    assert.match(randomFilename('a.tar.gz'), /^[0-9a-f-]{36}\.gz$/);
    for (const name of [null, 'noextension', 'a.', 'a.b c', 'a.云', 'a.averylongextension', 'a.x\n']) {
      assert.match(randomFilename(name), /^[0-9a-f-]{36}$/);
    }
  });

  it('is another one each time', () => {
    assert.notEqual(randomFilename('a.txt'), randomFilename('a.txt'));
  });
});
