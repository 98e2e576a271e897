import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Controller } from '#src/decorators/controller.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { closeCodeIn, frame, RawSocket, upgradeBytes } from '../integration/web-socket-client.js';
import { type Served, serve } from '../serve.js';
import { until } from '../until.js';

@Controller()
class Sizes {
  @WebSocket('/large', { maxMessageBytes: 4 << 20 })
  large(message: Buffer) {
    return `${message.length} bytes`;
  }
  @WebSocket('/usual')
  usual(message: Buffer) {
    return `${message.length} bytes`;
  }
}

describe('the WebSocket servers of paths', () => {
  let served: Served;
  before(async () => {
    served = await serve({ controllers: [Sizes] });
  });
  after(() => served.close());

  const sendInFragments = async (path: string, count: number, bytes: number) => {
    const raw = new RawSocket(served.port, upgradeBytes(path));
    await raw.has('\r\n\r\n');
    const middle = frame(0, Buffer.alloc(bytes), { fin: false });
    const first = frame(2, Buffer.alloc(bytes), { fin: false });
    raw.socket.write(Buffer.concat([first, ...Array<Buffer>(count - 2).fill(middle), frame(0, Buffer.alloc(bytes))]));
    return raw;
  };

  const closeCodeOf = async (raw: RawSocket) => {
    await until(() => closeCodeIn(raw.bytes) !== undefined);
    raw.socket.destroy();
    return closeCodeIn(raw.bytes);
  };

  it('let a message come in as many fragments of 64 bytes as it needs', async () => {
    const raw = await sendInFragments('/large', 65_536, 64);
    await raw.has(`${4 << 20} bytes`);
    raw.socket.destroy();
  });

  it('keep their own limits apart', async () => {
    const raw = await sendInFragments('/usual', 4097, 64);
    assert.equal(await closeCodeOf(raw), 1009);
  });

  it('close with 1008 for more fragments than that', async () => {
    const raw = await sendInFragments('/usual', 20_000, 0);
    assert.equal(await closeCodeOf(raw), 1008);
  });
});
