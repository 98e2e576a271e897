import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NO_BODY } from '#src/body/body-parser.js';
import { readBody } from '#src/body/read-body.js';
import { UploadedFiles } from '#src/body/uploaded-file.js';
import { BodyServer, head, LIMITS } from './body-server.js';

describe('NO_BODY', () => {
  it('is one object for all requests without a body, which none of them can change for the others', async () => {
    const server = await new BodyServer((request) => readBody(request, LIMITS, new UploadedFiles())).listen();
    for (const _ of [1, 2]) {
      const { value } = await server.exchange(head(undefined, {}));
      assert.equal(value, NO_BODY);
    }
    await server.close();
    assert.deepEqual(NO_BODY, { kind: 'none' });
    assert.throws(() => Object.assign(NO_BODY, { kind: 'text', value: 'of another request' }), TypeError);
    assert.throws(() => Object.assign(NO_BODY, { value: 'of another request' }), TypeError);
  });
});
