import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { startFixture, type TestProcess } from '../fixtures/run-process.js';
import { Client } from '../integration/web-socket-client.js';

function run(env: Record<string, string>): TestProcess {
  const fixed = { PORT: '0', YUNCTION_HOST: '127.0.0.1', YUNCTION_INVOKE_MARKS: 'true' };
  return startFixture('lifecycle-app', [], { env: { ...fixed, ...env } });
}

describe('the marks of an invocation', () => {
  it('stand around what belongs to it, with its id', async () => {
    const process = run({ FC_FUNCTION_NAME: 'f' });
    const url = `http://127.0.0.1:${await process.port()}`;
    await (await fetch(`${url}/hello`, { headers: { 'x-fc-request-id': '1-a' } })).text();
    await process.output(/^FC Invoke Start RequestId: 1-a\n[^]*"requestId":"1-a"[^]*^FC Invoke End RequestId: 1-a$/m);
    const headers = { 'x-fc-request-id': '1-b', 'x-fc-control-path': '/initialize' };
    await (await fetch(`${url}/initialize`, { method: 'POST', headers })).text();
    await process.output(/^FC Initialize Start RequestId: 1-b\n[^]*^FC Initialize End RequestId: 1-b$/m);
    const freeze = { 'x-fc-request-id': '1-c', 'x-fc-control-path': '/pre-freeze' };
    await (await fetch(`${url}/pre-freeze`, { headers: freeze })).text();
    const client = await Client.open(`${url}/socket`, { headers: { 'x-fc-request-id': '1-d' } });
    await process.output(/^FC Invoke Start RequestId: 1-d$/m);
    assert.doesNotMatch(process.stdout, /End RequestId: 1-d/);
    await client.close();
    await process.output(/^FC Invoke End RequestId: 1-d$/m);
    assert.doesNotMatch(process.stdout, /FC .*1-c/, 'the page names no mark of PreFreeze');
    process.signal('SIGTERM');
    await process.ended;
  });

  it('are written on no other platform', async () => {
    const process = run({ TENCENTCLOUD_RUNENV: 'SCF' });
    const url = `http://127.0.0.1:${await process.port()}`;
    await (await fetch(`${url}/hello`)).text();
    await process.output(/"status":200/);
    assert.doesNotMatch(process.stdout, /FC Invoke/);
    process.signal('SIGTERM');
    await process.ended;
  });
});
