import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { UpgradeRequest } from '#src/server/upgrade-request.js';

describe('UpgradeRequest', () => {
  it('shows the same headers before and after it is packed', () => {
    const request = new IncomingMessage(new Socket());
    request.method = 'GET';
    request.url = '/room?x=1';
    request.headers = {
      host: 'here',
      'x-empty': '',
      cookie: 'a=1; b=é',
      'set-cookie': ['c=1', 'd=2'],
      __proto__x: '1',
    };
    const asked = new UpgradeRequest(request);
    const before = { ...asked.headers };
    asked.pack();
    assert.deepEqual(asked.headers, before);
    assert.equal(asked.headers, asked.headers);
    assert.deepEqual([asked.method, asked.url], ['GET', '/room?x=1']);
  });

  it('packs a request without headers', () => {
    const asked = new UpgradeRequest(new IncomingMessage(new Socket()));
    asked.pack();
    assert.deepEqual(asked.headers, {});
  });
});
