import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { IsString } from 'class-validator';

import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { type Served, serve } from '../serve.js';

class Greeting {
  @IsString() name!: string;
}

@Controller()
class Greeter {
  @Http('GET', '/') hello() {
    return 'hello';
  }
  @Http('POST', '/') greet(event: Greeting) {
    return `hello ${event.name}`;
  }
  @WebSocket('/ws') said(message: unknown) {
    return message;
  }
}

// Newer Nodes leave such requests to their parser (shouldUpgradeCallback): the answer is the same.
const H2C =
  'Host: x\r\nConnection: close, Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n';

describe('a request with an Upgrade that nobody here speaks', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Greeter] });
  });
  after(() => served.close());

  /** Sends pieces one after the other and resolves to all that comes back until the server closes. */
  async function exchange(...pieces: string[]): Promise<string> {
    const socket = connect(served.port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
    });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    for (const piece of pieces) {
      socket.write(piece);
      await sleep(20);
    }
    await closed;
    return answer;
  }

  it('is answered as if the header were not there', async () => {
    const answer = await exchange(`GET / HTTP/1.1\r\n${H2C}\r\n`);
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(answer, /\r\nConnection: close\r\n/);
    assert.match(answer, /\r\n\r\nhello$/);
  });

  it('has its body read, in however many pieces it comes', async () => {
    const head = `POST / HTTP/1.1\r\n${H2C}Content-Type: application/json\r\nContent-Length: 14\r\n\r\n`;
    for (const pieces of [
      [`${head}{"name":"Ada"}`],
      [head, '{"name"', ':"Ada"}'],
      [`${head}{"na`, 'me":"Ada"}surplus'],
    ]) {
      const answer = await exchange(...pieces);
      assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
      assert.match(answer, /\r\n\r\nhello Ada$/);
    }
  });

  it('is 413 where the body is too large, without its being read', async () => {
    const answer = await exchange(
      `POST / HTTP/1.1\r\n${H2C}Content-Type: application/json\r\nContent-Length: 9000000\r\n\r\n{`,
    );
    assert.match(answer, /^HTTP\/1\.1 413 /);
  });

  it('is 400 with a chunked body, whose end cannot be told any more', async () => {
    const answer = await exchange(`POST / HTTP/1.1\r\n${H2C}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 400 /);
  });

  it('is 404 or 405 as the plain request would be', async () => {
    assert.match(await exchange(`GET /none HTTP/1.1\r\n${H2C}\r\n`), /^HTTP\/1\.1 404 /);
    assert.match(await exchange(`DELETE / HTTP/1.1\r\n${H2C}\r\n`), /^HTTP\/1\.1 405 /);
  });

  it('is told to speak WebSocket where the path speaks nothing else', async () => {
    assert.match(await exchange(`GET /ws HTTP/1.1\r\n${H2C}\r\n`), /^HTTP\/1\.1 426 /);
  });
});
