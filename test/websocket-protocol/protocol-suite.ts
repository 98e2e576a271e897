// A client that speaks WebSocket in bare bytes, and what a case of the protocol suite is: what goes out, what comes back.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { Controller } from '#src/decorators/controller.js';
import { WebSocket } from '#src/decorators/web-socket.js';
import { upgradeBytes } from '../integration/web-socket-client.js';
import { type Served, serve } from '../serve.js';

/** Bytes of a message on the echo's paths, at most. */
export const MAX_MESSAGE_BYTES = 256 * 1024;

/** One case, as data: the frames of a client and what the server must send before it ends the connection. */
export interface ProtocolCase {
  readonly name: string;
  /** Where in the specification. */
  readonly rfc: string;
  readonly send: readonly Buffer[];
  /**
   * `text …`, `binary <hex>`, `pong <hex>`, `close <code>`; texts and bytes beyond 64 are `text #<length>`. Where it does
   * not end in a close, the client closes with 1000 after its frames and gets 1000 back.
   */
  readonly expect: readonly string[];
}

export interface SuiteOptions {
  readonly path?: '/echo' | '/deflate';
  readonly extensions?: string;
}

@Controller()
class Echo {
  @WebSocket('/echo', { maxMessageBytes: MAX_MESSAGE_BYTES }) text(message: string) {
    return message;
  }
  @WebSocket('/echo') binary(message: Buffer) {
    return message;
  }
  @WebSocket('/deflate', { maxMessageBytes: MAX_MESSAGE_BYTES, compress: true }) deflateText(message: string) {
    return message;
  }
  @WebSocket('/deflate') deflateBinary(message: Buffer) {
    return message;
  }
}

/** Declares a test for each case, its bytes in one piece, and again with one byte a write. */
export function protocolSuite(title: string, cases: readonly ProtocolCase[], options: SuiteOptions = {}): void {
  describe(title, () => {
    let server: Served;
    before(async () => {
      server = await serve({ controllers: [Echo] });
    });
    after(async () => {
      assert.deepEqual(
        server.lines.filter(({ level }) => level === 'error'),
        [],
      );
      await server.close();
    });
    for (const { name, rfc, send, expect } of cases) {
      it(`${name} (RFC ${rfc})`, async () => {
        const closes = expect.at(-1)?.startsWith('close') === true;
        const bytes = Buffer.concat(closes ? send : [...send, close(1000)]);
        const expected = closes ? expect : [...expect, 'close 1000'];
        assert.deepEqual(await exchange(server.port, bytes, bytes.length, options), expected);
        const step = bytes.length <= 256 ? 1 : 997;
        assert.deepEqual(await exchange(server.port, bytes, step, options), expected, `in pieces of ${step}`);
      });
    }
  });
}

/** Opens a connection, writes the bytes in pieces, and reads frames until the server has ended its side. */
async function exchange(port: number, bytes: Buffer, step: number, options: SuiteOptions): Promise<string[]> {
  const { path = '/echo', extensions } = options;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
  });
  const failed = new Promise<void>((resolve) => socket.once('error', () => resolve())); // a reset ends it too
  const ended = Promise.race([once(socket, 'close'), failed]);
  await once(socket, 'connect');
  socket.write(upgradeBytes(path, { 'Sec-WebSocket-Extensions': extensions }));
  while (!received.includes('\r\n\r\n')) await once(socket, 'data');
  assert.match(received.toString('latin1'), /^HTTP\/1\.1 101 /);
  assert.equal(received.includes('permessage-deflate'), extensions !== undefined);
  for (let at = 0; at < bytes.length && socket.writable; at += step) {
    // Each piece reaches the server by itself: the loop of events turns in between.
    socket.write(bytes.subarray(at, at + step));
    if (step < bytes.length) await new Promise((resolve) => void setImmediate(resolve));
  }
  await ended;
  socket.destroy();
  return framesIn(received.subarray(received.indexOf('\r\n\r\n') + 4), extensions !== undefined);
}

/** What a server has sent, each frame checked against what a server may send (RFC 6455, section 5). */
function framesIn(bytes: Buffer, mayCompress: boolean): string[] {
  const frames: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    const second = bytes[at + 1] ?? 0;
    assert.equal(first & 0x80, 0x80, 'the server sends whole messages');
    assert.equal(second & 0x80, 0, 'a server masks nothing');
    const compressed = (first & 0x40) !== 0;
    assert.equal(first & 0x30, 0, 'RSV2 and RSV3 mean nothing');
    if (compressed) assert.ok(mayCompress, 'RSV1 was not agreed on');
    let length = second;
    let start = at + 2;
    if (second === 126) {
      length = bytes.readUInt16BE(at + 2);
      start = at + 4;
      assert.ok(length > 125, 'the shortest form of a length');
    } else if (second === 127) {
      length = Number(bytes.readBigUInt64BE(at + 2));
      start = at + 10;
      assert.ok(length > 65_535, 'the shortest form of a length');
    }
    assert.ok(start + length <= bytes.length, 'the last frame is whole');
    const payload = bytes.subarray(start, start + length);
    frames.push(shown(first & 0x0f, compressed ? inflateMessage(payload) : payload));
    at = start + length;
    if ((first & 0x0f) === 8) assert.equal(at, bytes.length, 'nothing follows a close');
  }
  return frames;
}

function inflateMessage(payload: Buffer): Buffer {
  // RFC 7692, section 7.2.2: the tail that the sender left out.
  return inflateRawSync(Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])]), { finishFlush: 2 });
}

function shown(opcode: number, payload: Buffer): string {
  if (opcode === 8) return `close ${payload.length < 2 ? 1005 : payload.readUInt16BE(0)}`;
  const kind = { 1: 'text', 2: 'binary', 9: 'ping', 10: 'pong' }[opcode];
  assert.ok(kind !== undefined, `opcode ${opcode}`);
  if (payload.length > 64) return `${kind} #${payload.length}`;
  return `${kind} ${kind === 'text' ? payload.toString() : payload.toString('hex')}`.trimEnd();
}

export interface FrameOptions {
  readonly fin?: boolean;
  readonly rsv?: number;
  /** Four bytes; `null`: the frame is not masked. Default: four that differ. */
  readonly mask?: Buffer | null;
  /** The form of the length: 7, 16 or 64 bits. Default: the shortest. */
  readonly lengthBits?: 7 | 16 | 64;
  /** What the length says, if not what the payload has. */
  readonly claims?: bigint;
}

/** One frame (RFC 6455, section 5.2), right or wrong. */
export function frame(opcode: number, payload: Buffer | string = '', options: FrameOptions = {}): Buffer {
  const { fin = true, rsv = 0, mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]), claims } = options;
  const data = Buffer.from(payload);
  const length = claims ?? BigInt(data.length);
  const bits = options.lengthBits ?? (length < 126n ? 7 : length < 65_536n ? 16 : 64);
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const masked = mask === null ? 0 : 0x80;
  const head = Buffer.alloc(bits === 7 ? 2 : bits === 16 ? 4 : 10);
  head[0] = first;
  head[1] = masked | (bits === 7 ? Number(length) : bits === 16 ? 126 : 127);
  if (bits === 16) head.writeUInt16BE(Number(length), 2);
  if (bits === 64) head.writeBigUInt64BE(length, 2);
  if (mask === null) return Buffer.concat([head, data]);
  const covered = Buffer.from(data);
  for (let index = 0; index < covered.length; index++) covered[index] = (data[index] ?? 0) ^ (mask[index % 4] ?? 0);
  return Buffer.concat([head, mask, covered]);
}

export const text = (payload: Buffer | string, options?: FrameOptions) => frame(1, payload, options);
export const binary = (payload: Buffer | string, options?: FrameOptions) => frame(2, payload, options);
export const more = (payload: Buffer | string, options?: FrameOptions) => frame(0, payload, options);
export const ping = (payload: Buffer | string = '', options?: FrameOptions) => frame(9, payload, options);
export const pong = (payload: Buffer | string = '', options?: FrameOptions) => frame(10, payload, options);

/** A close frame; without a code its payload is empty. */
export function close(code?: number, reason: Buffer | string = '', options?: FrameOptions): Buffer {
  if (code === undefined) return frame(8, '', options);
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(code);
  return frame(8, Buffer.concat([bytes, Buffer.from(reason)]), options);
}

/** A message as fragments of so many bytes. */
export function fragments(opcode: 1 | 2, payload: Buffer | string, size: number): Buffer[] {
  const data = Buffer.from(payload);
  const frames: Buffer[] = [];
  for (let at = 0; at < data.length; at += size) {
    const fin = at + size >= data.length;
    frames.push(frame(at === 0 ? opcode : 0, data.subarray(at, at + size), { fin }));
  }
  return frames;
}
