import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { allAnswers } from './all-answers.js';
import type { Answer } from './answer.js';
import { differenceOf } from './difference-of.js';
import { FixtureFolders } from './fixture-folders.js';
import { KNOWN_DIFFERENCES } from './known-differences.js';
import { recordedAnswers } from './recorded-answers.js';

// The same function files, the same requests: Yunction answers as functions-framework does, except for what
// known-differences.ts lists. What functions-framework answers is recorded, and test/conformance/peer.test.ts holds the
// recording to the real one.

const recorded = recordedAnswers();
const differences = [...KNOWN_DIFFERENCES.values()].flat();

describe('yunction, beside functions-framework,', () => {
  let folders: FixtureFolders;
  let answers: ReadonlyMap<string, Answer> = new Map();

  before(async () => {
    folders = new FixtureFolders();
    answers = await allAnswers('yunction', folders.byName);
  });
  after(() => folders?.remove());

  it('is asked everything that is recorded', () => {
    assert.deepEqual([...answers.keys()], [...recorded.keys()]);
    const listed = differences.flatMap(({ answers }) => Object.keys(answers));
    assert.deepEqual(
      listed.filter((row) => !recorded.has(row)),
      [],
      'a difference is listed for a row that does not exist',
    );
  });

  for (const [name, peer] of recorded) {
    it(`answers alike, or as is known: ${name}`, () => {
      assert.deepEqual(differenceOf(peer, answers.get(name) ?? {}), listedFor(name));
    });
  }
});

/** What is listed for a row, of all differences together. */
function listedFor(name: string): Record<string, string> {
  const listed = differences.flatMap(({ answers }) => Object.entries(answers[name] ?? {}));
  assert.equal(new Set(listed.map(([field]) => field)).size, listed.length, `two differences of one field: ${name}`);
  return Object.fromEntries(listed);
}
