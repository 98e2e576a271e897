import assert from 'node:assert/strict';

import { type ApplicationOptions, createApplication } from '#src/application.js';
import { StartupError, type StartupMistake } from '#src/errors/startup-error.js';

/** The mistakes that stop the start of an application with these options; it must not start. */
export function mistakesOf(options: ApplicationOptions): readonly StartupMistake[] {
  try {
    createApplication(options, {});
  } catch (error) {
    assert.ok(error instanceof StartupError, String(error));
    return error.mistakes;
  }
  assert.fail('the application was made');
}

/** The one mistake, checked: it says what to do about it. */
export function mistakeOf(options: ApplicationOptions): StartupMistake {
  const mistakes = mistakesOf(options);
  assert.equal(mistakes.length, 1, JSON.stringify(mistakes, undefined, 2));
  const [mistake] = mistakes;
  assert.ok(mistake !== undefined && mistake.remedy !== '');
  return mistake;
}
