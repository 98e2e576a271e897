import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { request } from 'undici';

import { createApplication } from '#src/application.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { StartupError } from '#src/errors/startup-error.js';
import { recordInto } from '../serve.js';
import { until } from '../until.js';
import { head, RawClient } from './http-raw-client.js';
import { Client } from './web-socket-client.js';

@Controller()
class Hello {
  @Http('GET', '/') hello() {
    return 'hello';
  }
  @WebSocket('/ws') said(text: string) {
    return text;
  }
}

/** A free port: the application does not tell its own before it is ready. */
async function freePort(): Promise<number> {
  const application = createApplication({ controllers: [], port: 0, host: '127.0.0.1', log: recordInto([]) }, {});
  const { port } = await application.listen();
  await application.close();
  return port;
}

/** An application whose start hook waits for a word. */
async function starting() {
  const port = await freePort();
  const hook = { begun: false, release: (): void => undefined, fail: (_error: Error): void => undefined };
  const onStart = () =>
    new Promise<void>((resolve, reject) => {
      Object.assign(hook, { begun: true, release: resolve, fail: reject });
    });
  const options = { controllers: [Hello], port, host: '127.0.0.1', onStart, listenFirst: true, idleCloseMs: 10 };
  const application = createApplication({ ...options, log: recordInto([]) }, {});
  const listening = application.listen();
  await until(() => hook.begun);
  return { port, url: `http://127.0.0.1:${port}`, hook, application, listening };
}

describe('an application that listens first', () => {
  it('is alive and not ready while its hooks run, and keeps requests waiting for them', async () => {
    const { port, url, hook, application, listening } = await starting();
    const health = await request(`${url}/_healthz`);
    assert.deepEqual([health.statusCode, await health.body.text()], [200, 'ok']);
    const ready = await request(`${url}/_readyz`);
    assert.deepEqual([ready.statusCode, await ready.body.json()], [503, { status: 'starting', failed: [] }]);
    let answered = false;
    const client = await RawClient.open(port);
    const response = client.write(head('GET /')).response();
    void response.then(() => (answered = true));
    const socket = Client.open(`${url}/ws`);
    assert.equal((await request(`${url}/_healthz`)).statusCode, 200); // a whole round later
    assert.equal(answered, false);
    hook.release();
    assert.equal((await response).body, 'hello');
    const connected = await socket;
    connected.send('said');
    assert.equal(await connected.frame(), 'said');
    assert.equal((await request(`${url}/_readyz`)).statusCode, 200);
    await connected.close();
    await client.destroy();
    assert.equal((await listening).port, port);
    await application.close();
  });

  it('cuts the requests that wait when a hook fails, and does not start', async () => {
    const { port, hook, listening } = await starting();
    const client = await RawClient.open(port);
    client.write(head('GET /'));
    hook.fail(new Error('no database'));
    await assert.rejects(
      listening,
      (error: unknown) => error instanceof StartupError && /no database/.test(error.message),
    );
    await client.end();
    await client.destroy();
    await assert.rejects(request(`http://127.0.0.1:${port}/`));
  });

  it('never says that it is ready when it was closed while its hooks ran', async () => {
    const { port, hook, application, listening } = await starting();
    const refused = assert.rejects(listening, StartupError);
    const closing = application.close();
    hook.release();
    await Promise.all([refused, closing]);
    await assert.rejects(request(`http://127.0.0.1:${port}/`));
  });
});
