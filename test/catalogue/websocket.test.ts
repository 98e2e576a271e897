// Rows 50-58 of the catalogue: WebSocket frames, handshakes and peers. The protocol itself: test/websocket-protocol.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';
import { IsInt } from 'class-validator';
import { WebSocketContext } from '#src/context/web-socket-context.js';
import { Controller } from '#src/decorators/controller.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { exchange } from '../integration/http-raw-client.js';
import { Client, closeCodeIn, frame, RawSocket, refusalOf, upgradeBytes } from '../integration/web-socket-client.js';
import { until } from '../until.js';
import { type Catalogue, catalogue, openFiles } from './catalogue.js';

class Numbered {
  @IsInt() n!: number;
}

let upgrades = 0;
let closed: number[] = [];

@Controller()
class Sockets {
  @WebSocket('/echo') echo(message: string) {
    return message;
  }
  @WebSocket('/echo', { on: 'close' }) left({ code }: { code: number }) {
    closed.push(code);
  }
  @WebSocket('/deflate', { compress: true }) deflate(message: string) {
    return message.length;
  }
  @WebSocket('/json') json(message: Numbered) {
    if (message.n === 1) throw new Error('a secret reason');
    if (message.n === 2) return Promise.reject(new Error('a secret reason'));
    return { n: message.n };
  }
  @WebSocket('/guarded', { on: 'upgrade', origins: ['https://friend.example'] }) guarded() {
    upgrades += 1;
  }
  @WebSocket('/guarded') never() {
    return 'in';
  }
  @WebSocket('/beats', { heartbeatMs: 60 }) beats() {
    return 'x';
  }
  @WebSocket('/beats', { on: 'close' }) beatsEnd({ code }: { code: number }) {
    closed.push(code);
  }
  @WebSocket('/leaves', { heartbeatMs: 60 }) leaves(_message: string, context: WebSocketContext) {
    context.ws.close(4000, 'enough');
  }
  @WebSocket('/leaves', { on: 'close' }) leavesEnd({ code }: { code: number }) {
    closed.push(code);
  }
  @WebSocket('/flood') flood(_message: string, context: WebSocketContext) {
    return new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (!context.ws.closed) context.ws.send('x'.repeat(60_000));
        if (!context.ws.closed && context.ws.bufferedAmount < 2 << 20) return;
        clearInterval(timer);
        resolve();
      }, 1);
    });
  }
}

/** The code with which the server closes after these frames. */
async function codeAfter(server: Catalogue, path: string, upgrade: string, ...frames: Buffer[]) {
  const raw = new RawSocket(server.port, upgradeBytes(path) + upgrade);
  await raw.has('\r\n\r\n');
  for (const one of frames) raw.socket.write(one);
  const bytes = await raw.whole();
  return closeCodeIn(bytes);
}

const header = (first: number, length: bigint) => {
  const bytes = Buffer.alloc(14);
  bytes[0] = first;
  bytes[1] = 0x80 | 127;
  bytes.writeBigUInt64BE(length, 2);
  return bytes;
};

describe('the catalogue: WebSocket', () => {
  const row = catalogue({ controllers: [Sockets] });
  const expectCodes = async (server: Catalogue, code: number, cases: readonly (readonly [string, ...Buffer[]])[]) => {
    for (const [what, ...frames] of cases) assert.equal(await codeAfter(server, '/echo', '', ...frames), code, what);
  };

  row(50, 'frames that break the protocol close with 1002', async (server) => {
    await expectCodes(server, 1002, [
      ['unmasked', frame(1, 'x', { masked: false })],
      ['RSV2', frame(1, 'x', { rsv: 2 })],
      ['opcode 3', frame(3, 'x')],
      ['a continuation of nothing', frame(0, 'x')],
      ['a ping in pieces', frame(9, 'x', { fin: false })],
      ['a ping of 126 bytes', frame(9, 'x'.repeat(126))],
      ['close 1005', frame(8, Buffer.from([3, 0xed]))],
      ['a close of one byte', frame(8, Buffer.from([3]))],
    ]);
  });

  row(
    51,
    'bytes that are not UTF-8, or do not inflate, close with 1007, an unexpected RSV1 with 1002',
    async (server) => {
      await expectCodes(server, 1007, [
        ['text', frame(1, Buffer.from([0xff, 0xfe]))],
        ['a close reason', frame(8, Buffer.from([3, 0xe8, 0xff]))],
      ]);
      const deflated = upgradeBytes('/deflate', { 'Sec-WebSocket-Extensions': 'permessage-deflate' });
      const raw = new RawSocket(server.port, deflated);
      await raw.has('\r\n\r\n');
      raw.socket.write(frame(1, 'garbage', { rsv: 4 }));
      const code = closeCodeIn(await raw.whole());
      assert.ok(code === 1007, `garbage under RSV1: ${code}`);
      // Where compression was not agreed on, RSV1 is a reserved bit (RFC 6455, section 5.2).
      assert.equal(await codeAfter(server, '/echo', '', frame(1, 'garbage', { rsv: 4 })), 1002);
    },
  );

  row(52, 'a message that claims too much closes with 1009 before it has come, an inflated one too', async (server) => {
    assert.equal(await codeAfter(server, '/echo', '', header(0x82, 2n << 20n)), 1009);
    for (const length of [2n ** 62n, 2n ** 63n]) {
      const huge = await codeAfter(server, '/echo', '', header(0x82, length));
      assert.ok(huge === 1009 || huge === 1002, `${huge}`);
    }
    // 200 MB in pieces that each end with a flush, so that they are one stream.
    const piece = deflateRawSync(Buffer.alloc(1 << 20, '1'), { finishFlush: constants.Z_SYNC_FLUSH });
    const bomb = Buffer.concat(Array.from({ length: 200 }, () => piece));
    const upgrade = upgradeBytes('/deflate', { 'Sec-WebSocket-Extensions': 'permessage-deflate' });
    const raw = new RawSocket(server.port, upgrade);
    await raw.has('\r\n\r\n');
    const before = process.memoryUsage().rss;
    const claimed = header(0xc1, BigInt(bomb.length));
    raw.socket.write(Buffer.concat([claimed, bomb]));
    assert.equal(closeCodeIn(await raw.whole()), 1009);
    assert.ok(process.memoryUsage().rss - before < 48 << 20, 'the bomb was not inflated');
  });

  row(53, '20,000 empty fragments close with 1008', async (server) => {
    const flood = Buffer.concat([
      frame(1, 'x', { fin: false }),
      ...Array.from({ length: 20_000 }, () => frame(0, '', { fin: false })),
    ]);
    assert.equal(await codeAfter(server, '/echo', '', flood), 1008);
  });

  row(54, 'a handshake that is none is 400, 404, 405 or 426', async (server) => {
    const cases: [string, number][] = [
      [upgradeBytes('/echo', { 'Sec-WebSocket-Key': undefined }), 400],
      [upgradeBytes('/echo', { 'Sec-WebSocket-Key': 'short' }), 400],
      [upgradeBytes('/echo', {}, 'POST'), 405],
      [upgradeBytes('/unknown'), 404],
      [upgradeBytes('/echo', { 'Sec-WebSocket-Version': '7' }), 426],
      [upgradeBytes('/echo', { 'Sec-WebSocket-Version': '8' }), 426],
      [upgradeBytes('/echo', { 'Sec-WebSocket-Version': undefined }), 426],
      [upgradeBytes('/echo').replace('HTTP/1.1', 'HTTP/1.0'), 400],
    ];
    for (const [bytes, status] of cases) {
      const response = await exchange(server.port, bytes);
      assert.equal(response.status, status, bytes);
      if (status === 426) assert.equal(response.headers.get('sec-websocket-version')?.[0], '13');
    }
  });

  row(
    55,
    'an origin that is not listed is 403 where the browser sends cookies, or the server is local; no handler runs before',
    async (server) => {
      upgrades = 0;
      for (const origin of [
        'http://evil',
        'null',
        'http://10.0.0.1',
        'https://friend.example.evil',
        'https://FRIEND',
      ]) {
        const refusal = await refusalOf(`${server.served.url}/guarded`, { headers: { Origin: origin, Cookie: 'a=1' } });
        assert.equal(`${refusal.status} ${String(refusal.code)}`, '403 ORIGIN_REFUSED', origin);
      }
      assert.equal(upgrades, 0);
      const friend = { headers: { Origin: 'https://friend.example', Cookie: 'a=1' } };
      await (await Client.open(`${server.served.url}/guarded`, friend)).close();
      // A server of this machine is nobody's business outside of it, cookies or not.
      const evil = { Origin: 'http://evil' };
      assert.equal((await refusalOf(`${server.served.url}/guarded`, { headers: evil })).code, 'ORIGIN_REFUSED');
      assert.equal(upgrades, 1);
      // In public, without cookies, there is no visitor in whose name it would speak: docs/design.md, section 9.
      const bare = { headers: { ...evil, Host: 'app.example' } };
      await (await Client.open(`${server.served.url}/guarded`, bare)).close();
      assert.equal(upgrades, 2);
    },
  );

  row(
    56,
    'a message that is no JSON, fails validation or whose handler fails gets a problem frame; the socket stays',
    async (server) => {
      const client = await Client.open(`${server.served.url}/json`);
      for (const [message, code] of [
        ['{', 'MALFORMED_JSON'],
        ['[]', 'VALIDATION_FAILED'],
        ['null', 'VALIDATION_FAILED'],
        ['{"n":"x"}', 'VALIDATION_FAILED'],
        [`{"n":${'['.repeat(1000)}`, 'JSON_TOO_DEEP'],
        ['{"__proto__":{"n":1}}', 'FORBIDDEN_KEY'],
        ['{"n":1}', 'INTERNAL'],
        ['{"n":2}', 'INTERNAL'],
      ]) {
        client.send(message);
        const text = String(await client.frame());
        assert.match(text, new RegExp(`"code":"${code}"`), message);
        assert.doesNotMatch(text, /secret reason/);
      }
      client.send('{"n":3}');
      assert.deepEqual(await client.json(), { n: 3 });
      await client.close();
      assert.equal(server.errors.length, 2);
    },
    { logsErrors: true },
  );

  row(57, 'a peer without a pong is cut, and one that leaves is forgotten', async (server) => {
    closed = [];
    const files = openFiles();
    const silent = new RawSocket(server.port, upgradeBytes('/beats'));
    await until(() => closed.length === 1);
    assert.equal(closed[0], 1006);
    silent.socket.destroy();
    for (let round = 0; round < 20; round++) {
      const gone = new RawSocket(server.port, upgradeBytes('/echo'));
      await gone.has('\r\n\r\n');
      gone.socket.resetAndDestroy();
    }
    await until(() => closed.length === 21);
    await until(() => openFiles() <= files);
  });

  row(57, 'a peer that never answers a close is cut', async (server) => {
    closed = [];
    const files = openFiles();
    const deaf = new RawSocket(server.port, upgradeBytes('/leaves'));
    await deaf.has('\r\n\r\n');
    deaf.socket.write(frame(1, 'go'));
    await until(() => closeCodeIn(deaf.bytes) === 4000);
    // It keeps its side open and says nothing.
    await until(() => closed.length === 1);
    await until(() => deaf.closed);
    deaf.socket.destroy();
    await until(() => openFiles() <= files);
  });

  row(58, 'a peer that does not read is closed with 1013', async (server) => {
    const slow = new RawSocket(server.port, Buffer.from(upgradeBytes('/flood')));
    await slow.has('\r\n\r\n');
    slow.socket.pause();
    slow.socket.write(frame(1, 'go'));
    await until(() => server.lines.some(({ msg }) => msg.includes('does not read')));
    assert.equal(server.lines.filter(({ msg }) => msg.includes('does not read')).length, 1);
    slow.socket.resume();
    await until(() => closeCodeIn(slow.bytes) !== undefined);
    assert.equal(closeCodeIn(slow.bytes), 1013);
    slow.socket.destroy();
  });
});
