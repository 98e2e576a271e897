import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { StartupError } from '#src/errors/startup-error.js';

const taken = { where: 'port 9000', problem: 'it is taken', remedy: 'choose another: PORT=9001' };
const twice = { where: 'A.b', file: 'built/a.js:3', problem: 'two routes', remedy: 'remove one' };

describe('StartupError', () => {
  it('says one mistake in one line, with its place and its remedy', () => {
    assert.equal(new StartupError([taken]).message, 'port 9000: it is taken → choose another: PORT=9001');
    assert.equal(new StartupError([twice]).message, 'A.b (built/a.js:3): two routes → remove one');
  });

  it('lists several, and keeps them', () => {
    const error = new StartupError([taken, twice]);
    assert.equal(
      error.message,
      '2 mistakes stop the start\n  port 9000: it is taken\n    → choose another: PORT=9001\n  A.b (built/a.js:3): two routes\n    → remove one',
    );
    assert.deepEqual(error.mistakes, [taken, twice]);
  });
});
