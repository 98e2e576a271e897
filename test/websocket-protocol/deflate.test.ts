// RFC 7692: messages that are compressed, where the route has `compress`.
import { createDeflateRaw, deflateRawSync } from 'node:zlib';
import { binary, MAX_MESSAGE_BYTES, more, ping, type ProtocolCase, protocolSuite, text } from './protocol-suite.js';

/** A message's payload, deflated; the tail is left out (section 7.2.1). */
function deflated(payload: Buffer | string, level = 6): Buffer {
  const bytes = deflateRawSync(payload, { finishFlush: 2, level });
  return bytes.subarray(0, bytes.length - 4);
}

const RSV1 = { rsv: 4 };
const long = 'compressible '.repeat(500);
const half = Math.floor(deflated(long).length / 2);

const cases: ProtocolCase[] = [
  {
    name: 'a compressed text comes back',
    rfc: '7692, 7.2.2',
    send: [text(deflated('hello'), RSV1)],
    expect: ['text hello'],
  },
  {
    name: 'an uncompressed text comes back too',
    rfc: '7692, 6',
    send: [text('plain')],
    expect: ['text plain'],
  },
  {
    name: 'compressed bytes come back',
    rfc: '7692, 7.2.2',
    send: [binary(deflated(Buffer.from([1, 2, 255])), RSV1)],
    expect: ['binary 0102ff'],
  },
  {
    name: 'an empty message comes back',
    rfc: '7692, 7.2.3.6',
    send: [text(Buffer.from([0]), RSV1)],
    expect: ['text'],
  },
  {
    name: 'a long text comes back compressed',
    rfc: '7692, 7.2.1',
    send: [text(deflated(long), RSV1)],
    expect: [`text #${long.length}`],
  },
  {
    name: 'blocks that are stored and not compressed are read',
    rfc: '7692, 7.2.3.3',
    send: [text(deflated('stored', 0), RSV1)],
    expect: ['text stored'],
  },
  {
    name: 'a compressed message in fragments comes back',
    rfc: '7692, 6.1',
    send: [text(deflated(long).subarray(0, half), { ...RSV1, fin: false }), more(deflated(long).subarray(half))],
    expect: [`text #${long.length}`],
  },
  {
    name: 'a ping between compressed fragments is answered',
    rfc: '7692, 6.1',
    send: [
      text(deflated(long).subarray(0, half), { ...RSV1, fin: false }),
      ping('p'),
      more(deflated(long).subarray(half)),
    ],
    expect: ['pong 70', `text #${long.length}`],
  },
  {
    name: 'compressed and plain messages follow one another in order',
    rfc: '7692, 6',
    send: [text(deflated('one'), RSV1), text('two'), text(deflated('three'), RSV1)],
    expect: ['text one', 'text two', 'text three'],
  },
  {
    name: 'RSV1 of a continuation is refused',
    rfc: '7692, 6.1',
    send: [text(deflated('x'), { ...RSV1, fin: false }), more('', RSV1)],
    expect: ['close 1002'],
  },
  { name: 'RSV1 of a ping is refused', rfc: '7692, 6', send: [ping('x', RSV1)], expect: ['close 1002'] },
  { name: 'RSV2 is refused still', rfc: '6455, 5.2', send: [text('x', { rsv: 2 })], expect: ['close 1002'] },
  {
    name: 'what cannot be inflated is refused',
    rfc: '7692, 7.2.2',
    send: [text(Buffer.from([0xff, 0xff, 0xff, 0xff]), RSV1)],
    expect: ['close 1007'],
  },
  {
    name: 'what inflates to no text is refused',
    rfc: '6455, 8.1',
    send: [text(deflated(Buffer.from([0xff, 0xfe])), RSV1)],
    expect: ['close 1007'],
  },
  {
    name: 'what inflates to just the limit comes back',
    rfc: '6455, 10.4',
    send: [binary(deflated(Buffer.alloc(MAX_MESSAGE_BYTES)), RSV1)],
    expect: [`binary #${MAX_MESSAGE_BYTES}`],
  },
  {
    name: 'what inflates beyond the limit is refused',
    rfc: '6455, 10.4',
    send: [binary(deflated(Buffer.alloc(MAX_MESSAGE_BYTES + 1)), RSV1)],
    expect: ['close 1009'],
  },
  {
    name: 'what would inflate to 64 MiB is refused',
    rfc: '6455, 10.4',
    send: [binary(deflated(Buffer.alloc(64 << 20)), RSV1)],
    expect: ['close 1009'],
  },
];

/** Messages deflated one after another by one compressor: each refers to those before it (section 7.2.1). */
async function deflatedTogether(messages: readonly string[], windowBits?: number): Promise<Buffer[]> {
  const deflate = createDeflateRaw(windowBits === undefined ? {} : { windowBits });
  const parts: Buffer[] = [];
  deflate.on('data', (part: Buffer) => void parts.push(part));
  const frames: Buffer[] = [];
  for (const message of messages) {
    parts.length = 0;
    deflate.write(message);
    await new Promise<void>((resolve) => deflate.flush(() => resolve()));
    const bytes = Buffer.concat(parts);
    frames.push(text(bytes.subarray(0, bytes.length - 4), RSV1));
  }
  deflate.close();
  return frames;
}

// Of many lengths, each said twice: the second is a reference to the first.
const repeated = [16, 64, 256, 1024, 4096, 65_536].flatMap((length) =>
  Array<string>(2).fill('ab1 '.repeat(length / 4)),
);
const echoes = repeated.map((message) =>
  message.length > 64 ? `text #${message.length}` : `text ${message}`.trimEnd(),
);
const kept = (name: string, send: readonly Buffer[]): ProtocolCase => ({
  name,
  rfc: '7692, 7.1.1',
  send,
  expect: echoes,
});
const together = await deflatedTogether(repeated);
const narrow = await deflatedTogether(repeated, 9);

protocolSuite(
  'WebSocket compression with a context that the client keeps',
  [kept('messages that refer to earlier ones come back', together)],
  { path: '/deflate', extensions: 'permessage-deflate; server_no_context_takeover' },
);
protocolSuite(
  'WebSocket compression with small windows',
  [kept('messages of a client with the smallest window come back', narrow)],
  {
    path: '/deflate',
    extensions:
      'permessage-deflate; client_max_window_bits=9; server_max_window_bits=9; server_no_context_takeover, permessage-deflate',
  },
);
protocolSuite('WebSocket compression', cases, { path: '/deflate', extensions: 'permessage-deflate' });
protocolSuite('WebSocket compression without a context that is kept', cases, {
  path: '/deflate',
  extensions: 'permessage-deflate; client_no_context_takeover; server_no_context_takeover',
});
