import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { RawConnection } from '../fixtures/http-client.js';
import { serve } from '../serve.js';

const UPLOADS = 200;
const FILE = 'x'.repeat(100_000);
const BOUNDARY = 'leak-test-boundary';
const BODY = [1, 2, 3]
  .map(
    (number) =>
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="f${number}"; filename="${number}.txt"\r\n\r\n${FILE}\r\n`,
  )
  .concat(`--${BOUNDARY}--\r\n`)
  .join('');
const HEAD = `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=${BOUNDARY}\r\nContent-Length: ${BODY.length}\r\n\r\n`;

/** Sends a part of the upload and cuts the connection; all of it where the end is beyond its length. */
async function sendUntil(port: number, end: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined); // a reset is what is meant to happen
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const bytes = (HEAD + BODY).slice(0, end);
  socket.write(bytes, () => setTimeout(() => socket.resetAndDestroy(), Math.random() * 10));
  await closed;
}

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

/** The sockets, timers and file operations that keep the process alive, by kind. */
function resources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((kind) => /TCP|Timeout|FSReq/.test(kind))
    .sort();
}

describe('200 uploads that are cut off', () => {
  it('leave no temporary file, descriptor, socket or timer behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'yunction-leaks-'));
    @Controller()
    class Uploads {
      @Http('POST', '/') async upload(event: Record<string, unknown>) {
        await sleep(Math.random() * 10);
        return Object.keys(event).length;
      }
    }
    const before = resources();
    const { port, app, close } = await serve({ controllers: [Uploads], temporaryFolder: folder });
    const whole = async () => {
      const connection = new RawConnection(port);
      connection.write(HEAD + BODY);
      await connection.match(/HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n3$/);
      connection.destroy();
      await connection.ended;
    };
    await whole(); // everything that is loaded at first use is open now
    const files = openFiles();
    const total = HEAD.length + BODY.length;
    for (let done = 0; done < UPLOADS; done += 20) {
      await Promise.all(Array.from({ length: 20 }, () => sendUntil(port, Math.floor(Math.random() * (total + 2000)))));
    }
    await whole();
    for (let tries = 0; tries < 100 && (readdirSync(folder).length > 0 || openFiles() > files); tries++)
      await sleep(20);
    assert.deepEqual(readdirSync(folder), []);
    assert.ok(openFiles() <= files, `${openFiles()} descriptors, ${files} before`);
    assert.deepEqual(app.requestsInFlight, []);
    await close();
    for (let tries = 0; tries < 100 && resources().length > before.length; tries++) await setImmediate();
    assert.deepEqual(resources(), before);
    rmSync(folder, { recursive: true });
  });
});
