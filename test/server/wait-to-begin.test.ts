import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';

import { createApplication } from '#src/application.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { serve } from '../serve.js';
import { freePort } from '../redis-server.js';
import { silent } from '../silent-log.js';
import { untilAnswered } from '../until-answered.js';

const running: number[] = [];
let most = 0;

@Controller()
class Slow {
  @Http('GET', '/:id')
  async one({ id }: { id?: string } = {}): Promise<string> {
    running.push(1);
    most = Math.max(most, running.length);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running.pop();
    return id ?? 'done';
  }
}

describe('waitToBegin', () => {
  it('lets pipelined requests of one connection begin one after the other', async () => {
    const { port, close } = await serve({ controllers: [Slow] });
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (data: string) => (text += data));
    socket.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(5));
    while ((text.match(/HTTP\/1\.1 200/g) ?? []).length < 5) await once(socket, 'data');
    assert.equal(most, 1);
    socket.destroy();
    await close();
  });

  it('keeps requests until the hooks of an application that listens first have run', async () => {
    let release: () => void = () => undefined;
    const hooked = new Promise<void>((resolve) => (release = resolve));
    const port = await freePort();
    const application = createApplication(
      { controllers: [Slow], port, host: '127.0.0.1', listenFirst: true, onStart: () => hooked, log: silent.log },
      {},
    );
    const listening = application.listen();
    await untilAnswered(`http://127.0.0.1:${port}/_healthz`, 'ok');
    let answered = false;
    const asked = fetch(`http://127.0.0.1:${port}/x`).then((response) => {
      answered = true;
      return response.status;
    });
    // The health page does not wait, so what was asked before it has been seen by the server too.
    assert.equal((await fetch(`http://127.0.0.1:${port}/_readyz`)).status, 503);
    assert.equal(answered, false);
    release();
    assert.equal(await asked, 200);
    assert.equal((await listening).port, port);
    await application.close();
  });
});
