import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ROWS, allAnswers } from './all-answers.js';
import type { Answer } from './answer.js';
import { isPeerInstalled } from './fixture-server.js';
import { FixtureFolders } from './fixture-folders.js';
import { recordAnswers, recordedAnswers } from './recorded-answers.js';

// The real @cloudbase/functions-framework is asked every row, and answers as test/conformance/peer-answers.json says:
// that is what test/conformance/conformance.test.ts compares Yunction with. `npm run conformance` installs it first.

const installed = isPeerInstalled();
const skip =
  installed || process.env['CI'] === 'true'
    ? false
    : '@cloudbase/functions-framework is not installed: npm run conformance installs it';

describe('the peer', { skip }, () => {
  let folders: FixtureFolders;
  let answers: ReadonlyMap<string, Answer> = new Map();

  before(async () => {
    assert.ok(installed, 'install it: npm install --prefix test/conformance/peer');
    folders = new FixtureFolders();
    answers = await allAnswers('peer', folders.byName);
    if (process.env['YUNCTION_CONFORMANCE_RECORD'] === 'true') recordAnswers(answers);
  });
  after(() => folders?.remove());

  it('is asked what is recorded, and nothing twice', () => {
    assert.equal(new Set(ROWS).size, ROWS.length, 'two rows have one name');
    assert.deepEqual([...recordedAnswers().keys()], ROWS);
  });

  for (const [name, answer] of recordedAnswers()) {
    it(`answers as recorded: ${name}`, () => assert.deepEqual(answers.get(name), answer));
  }
});
