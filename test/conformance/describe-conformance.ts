import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { allAnswers } from './all-answers.js';
import type { Answer } from './answer.js';
import { differenceOf } from './difference-of.js';
import { KNOWN_DIFFERENCES } from './known-differences.js';
import { type Half, recordedAnswers } from './recorded-answers.js';

const differences = [...KNOWN_DIFFERENCES.values()].flat();

/**
 * Tests that Yunction answers as functions-framework does over the same function files, except for the known
 * differences. What functions-framework answers is recorded; `describePeer` holds the recording to the real one.
 */
export function describeConformance(half: Half): void {
  const recorded = recordedAnswers(half);

  describe(`yunction, beside functions-framework, its ${half},`, () => {
    let answers: ReadonlyMap<string, Answer> = new Map();
    before(async () => {
      answers = await allAnswers('yunction', half);
    });

    it('are all that are recorded', () => assert.deepEqual([...answers.keys()], [...recorded.keys()]));

    for (const [name, peer] of recorded) {
      it(`are answered alike, or as is known: ${name}`, () => {
        assert.deepEqual(differenceOf(peer, answers.get(name) ?? {}), knownOf(name));
      });
    }
  });
}

/** What is known of a row, of all differences together. */
function knownOf(name: string): Record<string, string> {
  const known = differences.flatMap(({ answers }) => Object.entries(answers[name] ?? {}));
  assert.equal(new Set(known.map(([field]) => field)).size, known.length, `two differences of one field: ${name}`);
  return Object.fromEntries(known);
}
