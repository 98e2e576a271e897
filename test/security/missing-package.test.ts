import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { missingPackage } from '#src/security/missing-package.js';

describe('missingPackage()', () => {
  it('names the package, who needs it and the command', async () => {
    const name = 'yunction-has-no-such-package';
    const cause: unknown = await import(name).catch((error: unknown) => error);
    const error = missingPackage('jose', 'jwt()', cause);
    assert.equal(error.message, 'jwt() needs the package jose, which is not installed: npm install jose');
    assert.equal(error.cause, cause);
  });

  it('leaves other failures as they are', () => {
    const cause = new SyntaxError('broken');
    assert.equal(missingPackage('jose', 'jwt()', cause), cause);
    assert.equal(missingPackage('jose', 'jwt()', 'odd').message, 'odd');
  });
});
