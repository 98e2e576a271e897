import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeReport, fuzz } from './fuzzer.js';

describe('a server under what a fuzzer sends', () => {
  it('stays up for some seconds, leaks nothing and answers nothing with a 5xx', async (t) => {
    // Another input each day, and the same one all day: a failure can be had again.
    const seed = Math.floor(Date.now() / 86_400_000);
    const report = await fuzz(seed, 4000);
    t.diagnostic(describeReport(report));
    assert.deepEqual(report.failures, [], describeReport(report));
    for (const kind of ['http', 'multipart', 'webSocket', 'json']) assert.ok((report.sent[kind] ?? 0) > 50, kind);
    // Both what is right and what is wrong has been tried.
    for (const status of ['101', '200', '400', '404']) assert.ok(report.statuses.has(status), status);
  });
});
