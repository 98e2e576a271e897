// Sections 5.1 to 5.2 and 10: lengths, masks, reserved bits and opcodes, limits.
import {
  binary,
  close,
  frame,
  fragments,
  MAX_MESSAGE_BYTES,
  more,
  ping,
  pong,
  type ProtocolCase,
  protocolSuite,
  text,
} from './protocol-suite.js';

const echoed = (kind: 'text' | 'binary', length: number): string => {
  if (length > 64) return `${kind} #${length}`;
  return `${kind} ${kind === 'text' ? 'a'.repeat(length) : '61'.repeat(length)}`.trimEnd();
};

const lengths: ProtocolCase[] = [0, 1, 125, 126, 127, 128, 65_535, 65_536, 131_072].flatMap((length) => [
  {
    name: `a text of ${length} bytes comes back`,
    rfc: '6455, 5.2',
    send: [text('a'.repeat(length))],
    expect: [echoed('text', length)],
  },
  {
    name: `${length} bytes come back`,
    rfc: '6455, 5.2',
    send: [binary('a'.repeat(length))],
    expect: [echoed('binary', length)],
  },
]);

const masks: ProtocolCase[] = [
  { name: 'a mask of zeros', mask: [0, 0, 0, 0] },
  { name: 'a mask of ones', mask: [255, 255, 255, 255] },
  { name: 'a mask of four bytes', mask: [1, 2, 3, 4] },
].map(({ name, mask }) => ({
  name: `${name} is taken off`,
  rfc: '6455, 5.3',
  send: [text('hello', { mask: Buffer.from(mask) })],
  expect: ['text hello'],
}));

const unmasked: ProtocolCase[] = [
  { name: 'text', bytes: text('x', { mask: null }) },
  { name: 'empty text', bytes: text('', { mask: null }) },
  { name: 'binary', bytes: binary('x', { mask: null }) },
  { name: 'ping', bytes: ping('x', { mask: null }) },
  { name: 'pong', bytes: pong('x', { mask: null }) },
  { name: 'close', bytes: close(1000, '', { mask: null }) },
].map(({ name, bytes }) => ({
  name: `a ${name} frame without a mask is refused`,
  rfc: '6455, 5.1',
  send: [bytes],
  expect: ['close 1002'],
}));

const reservedBits: ProtocolCase[] = [1, 2, 3, 4, 5, 6, 7].flatMap((rsv) => [
  { name: `RSV ${rsv} of a text is refused`, rfc: '6455, 5.2', send: [text('x', { rsv })], expect: ['close 1002'] },
  {
    name: `RSV ${rsv} of a ping after a message is refused, the message answered`,
    rfc: '6455, 5.2',
    send: [text('first'), ping('x', { rsv })],
    expect: ['text first', 'close 1002'],
  },
]);

const opcodes: ProtocolCase[] = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => ({
  name: `opcode ${opcode} is refused`,
  rfc: '6455, 5.2',
  send: [text('first'), frame(opcode, 'x'), text('never')],
  expect: ['text first', 'close 1002'],
}));

const forms: ProtocolCase[] = [
  {
    name: 'a length of two bytes that needed one is read',
    rfc: '6455, 5.2',
    send: [text('short', { lengthBits: 16 })],
    expect: ['text short'],
  },
  {
    name: 'a length of eight bytes that needed one is read',
    rfc: '6455, 5.2',
    send: [text('short', { lengthBits: 64 })],
    expect: ['text short'],
  },
];

const limits: ProtocolCase[] = [
  {
    name: 'a message of just the limit comes back',
    rfc: '6455, 10.4',
    send: [binary(Buffer.alloc(MAX_MESSAGE_BYTES))],
    expect: [`binary #${MAX_MESSAGE_BYTES}`],
  },
  {
    name: 'one byte more is refused by its claim alone',
    rfc: '6455, 10.4',
    send: [binary('', { claims: BigInt(MAX_MESSAGE_BYTES) + 1n })],
    expect: ['close 1009'],
  },
  {
    name: 'a claim of 4 GiB is refused',
    rfc: '6455, 10.4',
    send: [binary('', { claims: 1n << 32n })],
    expect: ['close 1009'],
  },
  {
    name: 'a claim beyond whole numbers is refused',
    rfc: '6455, 10.4',
    send: [binary('', { claims: 1n << 62n })],
    expect: ['close 1009'],
  },
  {
    name: 'fragments that together are too much are refused',
    rfc: '6455, 10.4',
    send: [...fragments(2, Buffer.alloc(MAX_MESSAGE_BYTES), 65_536).slice(0, -1), more(Buffer.alloc(65_537))],
    expect: ['close 1009'],
  },
  {
    name: 'more empty fragments than any message needs are refused',
    rfc: '6455, 10.4',
    send: [text('', { fin: false }), ...Array.from({ length: 20_000 }, () => more('', { fin: false }))],
    expect: ['close 1008'],
  },
];

protocolSuite('WebSocket framing', [
  ...lengths,
  ...masks,
  ...unmasked,
  ...reservedBits,
  ...opcodes,
  ...forms,
  ...limits,
]);
