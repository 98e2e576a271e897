import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { PendingAnswers } from '#src/testing/pending-answers.js';

describe('PendingAnswers', () => {
  it('gives every message an id of its own unless it has one', () => {
    const answers = new PendingAnswers();
    assert.notEqual(answers.idOf({}), answers.idOf({ id: null }));
    assert.deepEqual([answers.idOf({ id: 'own' }), answers.idOf({ id: 0 })], ['own', 0]);
  });

  it('gives each answer to whom it belongs', async () => {
    const answers = new PendingAnswers();
    const [first, second] = [answers.expect('a', 1000, 'x'), answers.expect('b', 1000, 'x')];
    assert.equal(answers.settle({ id: 'b', result: 2 }), true);
    assert.equal(answers.settle({ id: 'a', error: 1 }), true);
    assert.deepEqual([(await first).error, (await second).result], [1, 2]);
  });

  it('leaves alone what answers nobody', async () => {
    const answers = new PendingAnswers();
    const answer = answers.expect('own', 1000, 'x');
    for (const message of [undefined, null, 'own', { id: 'own' }, { id: 'other', result: 1 }, { result: 1 }]) {
      assert.equal(answers.settle(message), false);
    }
    assert.equal(answers.settle({ id: 'own', result: null }), true);
    assert.equal(answers.settle({ id: 'own', result: null }), false);
    assert.equal((await answer).result, null);
  });

  it('refuses an id that is waited for already', async () => {
    const answers = new PendingAnswers();
    const answer = answers.expect(7, 1000, 'x');
    await assert.rejects(answers.expect(7, 1000, 'x'), /7 is not answered yet/);
    answers.settle({ id: 7, result: 1 });
    assert.equal((await answer).result, 1);
  });

  it('does not wait for ever', async () => {
    const answers = new PendingAnswers();
    await assert.rejects(answers.expect(7, 1, 'WS /x'), /waited 1 ms for the answer to request 7 on WS \/x/);
    assert.equal(answers.settle({ id: 7, result: 1 }), false);
  });

  it('rejects all at the end and whatever comes after it, and leaves no timer', async () => {
    const answers = new PendingAnswers();
    const answer = answers.expect(1, 60_000, 'x');
    answers.end(new Error('closed'));
    await assert.rejects(answer, /closed/);
    await assert.rejects(answers.expect(2, 60_000, 'x'), /closed/);
    assert.ok(!process.getActiveResourcesInfo().includes('Timeout'));
  });
});
