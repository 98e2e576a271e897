import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { ignoredOptions } from '#src/functions/ignored-options.js';
import { OPTIONS } from '#src/options.js';

describe('ignoredOptions', () => {
  it('names what was set and does nothing, however it was set', () => {
    assert.deepEqual(
      ignoredOptions(['--logDirname=/tmp/logs', '--intercept-output=true', '-w'], { MAX_LOG_FILES: '3' }),
      ['INTERCEPT_OUTPUT', 'LOG_DIRNAME', 'MAX_LOG_FILES', 'WATCH'],
    );
  });

  it('names nothing that was not set, and no option of ours', () => {
    assert.deepEqual(ignoredOptions(['--port', '9000', 'main.js'], { PORT: '1', WATCH: '1' }), []);
    const ours = Object.values(OPTIONS).flatMap(({ env }) => env);
    assert.deepEqual(ignoredOptions([], Object.fromEntries(ours.map((name) => [name, '1']))), []);
  });
});
