import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

import { ROOT, runText } from '../fixtures/run-process.js';

const FILE = join(ROOT, 'built/validation/libraries.js');
const URL_OF_FILE = JSON.stringify(pathToFileURL(FILE).href);

/** What a fresh process says, as JSON. */
async function told(source: string): Promise<unknown> {
  const { code, stdout, stderr } = await runText(source);
  assert.deepEqual([code, stderr], [0, '']);
  return JSON.parse(stdout);
}

describe('the libraries', () => {
  it('are loaded when they are asked for, once', async () => {
    const answers = await told(`
      import 'reflect-metadata';
      const { loadedLibraries, loadLibraries, validatorStorage } = await import(${URL_OF_FILE});
      const before = [loadedLibraries() === undefined, validatorStorage() === undefined];
      const loading = loadLibraries();
      const meanwhile = [loadLibraries() === loading, loadedLibraries() === undefined];
      const libraries = await loading;
      const after = [loadedLibraries() === libraries, (await loadLibraries()) === libraries];
      console.log(JSON.stringify({ before, meanwhile, after }));
    `);
    assert.deepEqual(answers, { before: [true, true], meanwhile: [true, true], after: [true, true] });
  });

  it('are the ones that a user imports or requires', async () => {
    const answers = await told(`
      import 'reflect-metadata';
      import { createRequire } from 'node:module';
      import * as transformer from 'class-transformer';
      import * as validator from 'class-validator';
      const { loadLibraries, transformerStorageNow, validatorStorage } = await import(${URL_OF_FILE});
      const require = createRequire(${JSON.stringify(join(ROOT, 'app.js'))});
      class Imported {}
      transformer.Type(() => Date)(Imported.prototype, 'at');
      class Required {}
      require('class-transformer').Type(() => Date)(Required.prototype, 'at');
      const types = (storage) => [Imported, Required].map((owner) => storage.findTypeMetadata(owner, 'at') !== undefined);
      const early = types(transformerStorageNow());
      const libraries = await loadLibraries();
      console.log(JSON.stringify({
        early,
        late: types(libraries.transformerStorage),
        now: transformerStorageNow() === libraries.transformerStorage,
        same: [
          libraries.plainToInstance === transformer.plainToInstance,
          libraries.validate === validator.validate,
          libraries.Allow === validator.Allow,
          libraries.decorators.IsInt === validator.IsInt,
          libraries.plainToClass === transformer.TransformationType.PLAIN_TO_CLASS,
          // In this order: it is made when it is first asked for.
          validator.getMetadataStorage() === validatorStorage(),
        ],
        makes: new libraries.Executor(libraries.plainToClass, {}).transform(undefined, '5', Number) === 5,
      }));
    `);
    assert.deepEqual(answers, {
      early: [true, true],
      late: [true, true],
      now: true,
      same: [true, true, true, true, true, true],
      makes: true,
    });
  });

  it('leave nothing known of types where class-transformer cannot be found, as in a bundle', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'yunction-libraries-'));
    copyFileSync(FILE, join(folder, 'libraries.mjs'));
    const copy = JSON.stringify(pathToFileURL(join(folder, 'libraries.mjs')).href);
    const answer = await told(`
      const { transformerStorageNow } = await import(${copy});
      console.log(JSON.stringify([transformerStorageNow() === undefined]));
    `);
    rmSync(folder, { recursive: true });
    assert.deepEqual(answer, [true]);
  });
});
