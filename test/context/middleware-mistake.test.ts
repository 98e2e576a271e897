import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { middlewareMistake } from '#src/context/middleware-mistake.js';

describe('middlewareMistake', () => {
  it('finds nothing wrong with functions of every kind and with classes that have `handle`', () => {
    class Layer {
      handle() {}
    }
    class Inherits extends Layer {}
    // oxlint-disable-next-line prefer-arrow-callback -- the kind of function is what is tested
    for (const right of [() => undefined, async () => undefined, function plain() {}, Layer, Inherits, { m() {} }.m]) {
      assert.equal(middlewareMistake(right), undefined);
    }
  });

  it('names what is no middleware, with a remedy', () => {
    for (const wrong of [
      undefined,
      null,
      1,
      'name',
      {},
      class NoHandle {},
      class Field {
        handle = 1;
      },
    ]) {
      const mistake = middlewareMistake(wrong);
      assert.ok(mistake !== undefined && mistake.problem !== '' && mistake.remedy !== '');
    }
  });
});
