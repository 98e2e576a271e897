// Sections 5.6 and 8.1: texts are UTF-8, however they are cut (the sequences are those of Markus Kuhn's UTF-8 test).
import { binary, close, fragments, more, type ProtocolCase, protocolSuite, text } from './protocol-suite.js';

const VALID: Readonly<Record<string, string>> = {
  'Greek text': 'κόσμε',
  'Chinese text': '云函数',
  'the first of one byte': '\u0000',
  'the last of one byte': '\u007f',
  'the first of two bytes': '\u0080',
  'the last of two bytes': '\u07ff',
  'the first of three bytes': '\u0800',
  'the last before the surrogates': '\ud7ff',
  'the first after the surrogates': '\ue000',
  'the replacement character': '\ufffd',
  'a code point that is no character': '\uffff',
  'a byte order mark': '\ufeffa',
  'the first of four bytes': '\u{10000}',
  'the last of four bytes': '\u{10ffff}',
  'an emoji of several code points': '👩‍👩‍👧‍👦',
};

const INVALID: Readonly<Record<string, readonly number[]>> = {
  'a continuation byte alone': [0x80],
  'two continuation bytes': [0x80, 0xbf],
  'a lead byte of two alone': [0xc3],
  'a lead byte of two before a blank': [0xc3, 0x20],
  'a lead byte of three with one of its two': [0xe2, 0x82],
  'a lead byte of four with two of its three': [0xf0, 0x9f, 0x98],
  'the byte FE': [0xfe],
  'the byte FF': [0xff],
  'a slash in two bytes': [0xc0, 0xaf],
  'a slash in three bytes': [0xe0, 0x80, 0xaf],
  'a slash in four bytes': [0xf0, 0x80, 0x80, 0xaf],
  'a NUL in two bytes': [0xc0, 0x80],
  'the overlong end of two bytes': [0xc1, 0xbf],
  'the overlong end of three bytes': [0xe0, 0x9f, 0xbf],
  'the overlong end of four bytes': [0xf0, 0x8f, 0xbf, 0xbf],
  'the first surrogate': [0xed, 0xa0, 0x80],
  'the last surrogate': [0xed, 0xbf, 0xbf],
  'a pair of surrogates': [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80],
  'the first beyond Unicode': [0xf4, 0x90, 0x80, 0x80],
  'five bytes': [0xf8, 0x88, 0x80, 0x80, 0x80],
  'six bytes': [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80],
  'a byte of latin1': [0x63, 0x61, 0x66, 0xe9],
};

const valid = Object.entries(VALID).flatMap(([what, value]): ProtocolCase[] => [
  { name: `${what} comes back`, rfc: '6455, 8.1', send: [text(value)], expect: [`text ${value}`.trimEnd()] },
  {
    name: `${what}, cut at every byte, comes back`,
    rfc: '6455, 8.1',
    send: fragments(1, value, 1),
    expect: [`text ${value}`.trimEnd()],
  },
]);

const invalid = Object.entries(INVALID).flatMap(([what, bytes]): ProtocolCase[] => {
  const value = Buffer.from(bytes);
  return [
    {
      name: `${what} is refused`,
      rfc: '6455, 8.1',
      send: [text(Buffer.concat([Buffer.from('before '), value]))],
      expect: ['close 1007'],
    },
    {
      name: `${what}, cut at every byte, is refused`,
      rfc: '6455, 8.1',
      send: fragments(1, Buffer.concat([value, Buffer.from('!')]), 1),
      expect: ['close 1007'],
    },
  ];
});

const cases: ProtocolCase[] = [
  ...valid,
  ...invalid,
  {
    name: 'what is no text is taken as bytes',
    rfc: '6455, 5.6',
    send: [binary(Buffer.from([0xff, 0xfe, 0x80]))],
    expect: ['binary fffe80'],
  },
  {
    name: 'what is no text in a later fragment is refused',
    rfc: '6455, 8.1',
    send: [text('good', { fin: false }), more(Buffer.from([0xff]), { fin: false }), more('never')],
    expect: ['close 1007'],
  },
  {
    name: 'what is no text after a good message is refused, the message answered',
    rfc: '6455, 8.1',
    send: [text('good'), text(Buffer.from([0xff]))],
    expect: ['text good', 'close 1007'],
  },
  {
    name: 'a reason for closing that is no text is refused',
    rfc: '6455, 5.5.1',
    send: [close(1000, Buffer.from([0xc0, 0xaf]))],
    expect: ['close 1007'],
  },
];

protocolSuite('WebSocket texts', cases);
