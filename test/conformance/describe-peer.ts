import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { allAnswers, ROWS } from './all-answers.js';
import type { Answer } from './answer.js';
import { isPeerInstalled } from './fixture-server.js';
import { type Half, recordAnswers, recordedAnswers } from './recorded-answers.js';

/**
 * Tests that the real @cloudbase/functions-framework answers as is recorded, since that is what Yunction is compared
 * with. `npm run conformance` installs it; without it the tests are skipped, but where CI is `true` they fail. With
 * `YUNCTION_CONFORMANCE_RECORD=true` the recording is written anew.
 */
export function describePeer(half: Half): void {
  const installed = isPeerInstalled();
  const told = '@cloudbase/functions-framework is not installed: npm run conformance installs it';
  const skip = installed || process.env['CI'] === 'true' ? false : told;

  describe(`functions-framework, its ${half},`, { skip }, () => {
    let answers: ReadonlyMap<string, Answer> = new Map();

    before(async () => {
      assert.ok(installed, told);
      answers = await allAnswers('peer', half);
      if (process.env['YUNCTION_CONFORMANCE_RECORD'] === 'true') recordAnswers(half, answers);
    });

    it('are those of the table, and none of them twice', () => {
      assert.equal(new Set(ROWS[half]).size, ROWS[half].length, 'two rows have one name');
      assert.deepEqual([...recordedAnswers(half).keys()], ROWS[half]);
    });

    for (const [name, answer] of recordedAnswers(half)) {
      it(`are answered as recorded: ${name}`, () => assert.deepEqual(answers.get(name), answer));
    }
  });
}
