import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { listenMistake } from '#src/server/listen-mistake.js';

const mistake = (code: string | undefined, port = 80) =>
  listenMistake(Object.assign(new Error('no'), code === undefined ? {} : { code }), port, 'host.example');

describe('listenMistake', () => {
  it('says what is wrong and what to do, by node’s code', () => {
    assert.deepEqual(mistake('EADDRINUSE'), {
      where: 'port 80',
      problem: 'it is taken',
      remedy: 'stop the process that has it, or choose another: PORT=81',
    });
    assert.match(mistake('EACCES').remedy, /above 1023/);
    for (const code of ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN']) {
      assert.equal(mistake(code).where, 'host host.example');
    }
    assert.equal(mistake('EMFILE').problem, 'it cannot be listened on: EMFILE');
    assert.equal(mistake(undefined).problem, 'it cannot be listened on: Error: no');
  });

  it('names a port that exists', () => assert.match(mistake('EADDRINUSE', 65_535).remedy, /PORT=9000$/));
});
