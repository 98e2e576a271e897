import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { loadEnvFiles } from '#src/load-env-files.js';
import { ProjectFolder } from './functions/project-folder.js';

describe('loadEnvFiles', () => {
  const folder = new ProjectFolder({ 'a.env': 'PORT=1\nA="x y" # why\n', 'b.env': 'PORT=2\n' });
  after(() => folder.remove());
  const [a, b] = [folder.at('a.env'), folder.at('b.env')];

  for (const [what, argv, env, expected] of [
    ['nothing unless it is told to', [], { PORT: '9' }, { PORT: '9' }],
    ['a file over what is there', ['--dotEnvFilePath', a], { PORT: '9', B: '1' }, { PORT: '1', A: 'x y', B: '1' }],
    ['the later of two over the former', [`--dotEnvFilePath=${a}, ${b}`], {}, { PORT: '2', A: 'x y' }],
    ['one that is written with dashes', [`--dot-env-file-path=${b}`], {}, { PORT: '2' }],
  ] as const) {
    it(`loads ${what}`, () => {
      const given: NodeJS.ProcessEnv = { ...env };
      loadEnvFiles(argv, given);
      assert.deepEqual(given, expected);
    });
  }

  it('takes the name from the environment, after the command line', () => {
    const env: NodeJS.ProcessEnv = { DOTENV_FILE_PATH: a };
    loadEnvFiles(['--dotEnvFilePath', b], env);
    assert.equal(env['PORT'], '2');
    loadEnvFiles([], env);
    assert.equal(env['PORT'], '1');
  });

  it('does not start without a file that is named', () => {
    assert.throws(
      () => loadEnvFiles(['--dotEnvFilePath=none.env'], {}),
      /none\.env: it cannot be read.* → mend --dotEnvFilePath/,
    );
  });
});
