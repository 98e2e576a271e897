import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KNOWN_DIFFERENCES } from './known-differences.js';
import { recordedAnswers } from './recorded-answers.js';

describe('the known differences', () => {
  const recorded = new Map([...recordedAnswers('requests'), ...recordedAnswers('starts')]);
  const differences = [...KNOWN_DIFFERENCES.values()].flat();

  it('are differences of rows that exist', () => {
    const rows = differences.flatMap(({ answers }) => Object.keys(answers));
    assert.deepEqual(
      rows.filter((row) => !recorded.has(row)),
      [],
    );
  });

  it('are other answers than the peer’s', () => {
    for (const { what, answers } of differences) {
      for (const [row, fields] of Object.entries(answers)) {
        for (const [field, value] of Object.entries(fields)) {
          assert.notEqual(recorded.get(row)?.[field], value, `${what}: ${row}: ${field}`);
        }
      }
    }
  });
});
