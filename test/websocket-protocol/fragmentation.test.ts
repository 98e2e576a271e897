// Sections 5.4 and 5.5: messages in fragments, and control frames among them.
import {
  binary,
  close,
  fragments,
  MAX_MESSAGE_BYTES,
  more,
  ping,
  pong,
  type ProtocolCase,
  protocolSuite,
  text,
} from './protocol-suite.js';

const part = { fin: false };

const cases: ProtocolCase[] = [
  {
    name: 'two fragments are one message',
    rfc: '6455, 5.4',
    send: [text('frag', part), more('ment')],
    expect: ['text fragment'],
  },
  {
    name: 'two fragments of bytes are one message',
    rfc: '6455, 5.4',
    send: [binary(Buffer.from([1, 2]), part), more(Buffer.from([3]))],
    expect: ['binary 010203'],
  },
  {
    name: 'three empty fragments are an empty message',
    rfc: '6455, 5.4',
    send: [text('', part), more('', part), more('')],
    expect: ['text'],
  },
  {
    name: 'empty fragments around one with text are its text',
    rfc: '6455, 5.4',
    send: [text('', part), more('middle', part), more('')],
    expect: ['text middle'],
  },
  {
    name: 'fragments of one byte are one message',
    rfc: '6455, 5.4',
    send: fragments(1, 'byte by byte', 1),
    expect: ['text byte by byte'],
  },
  {
    name: '1,000 fragments are one message',
    rfc: '6455, 5.4',
    send: fragments(2, Buffer.alloc(4000), 4),
    expect: ['binary #4000'],
  },
  {
    name: 'a message of the most bytes in fragments of 64 is one message',
    rfc: '6455, 5.4',
    send: fragments(2, Buffer.alloc(MAX_MESSAGE_BYTES), 64),
    expect: [`binary #${MAX_MESSAGE_BYTES}`],
  },
  {
    name: 'a message of 65,536 bytes in fragments of 1,300 is one message',
    rfc: '6455, 5.4',
    send: fragments(1, 'a'.repeat(65_536), 1300),
    expect: ['text #65536'],
  },
  {
    name: 'fragments that are together beyond the limit are refused',
    rfc: '6455, 10.4',
    send: fragments(2, Buffer.alloc(MAX_MESSAGE_BYTES + 1), 65_536),
    expect: ['close 1009'],
  },
  {
    name: '300 messages are answered in order',
    rfc: '6455, 5.4',
    send: Array.from({ length: 300 }, (_, index) => text(`${index}`)),
    expect: Array.from({ length: 300 }, (_, index) => `text ${index}`),
  },
  {
    name: 'messages in fragments follow one another',
    rfc: '6455, 5.4',
    send: [...fragments(1, 'first', 2), ...fragments(1, 'second', 3), text('third')],
    expect: ['text first', 'text second', 'text third'],
  },
  {
    name: 'a ping between fragments is answered before their message',
    rfc: '6455, 5.4',
    send: [text('frag', part), ping('p'), more('ment')],
    expect: ['pong 70', 'text fragment'],
  },
  {
    name: 'a pong between fragments is nothing',
    rfc: '6455, 5.4',
    send: [text('frag', part), pong('p'), more('ment')],
    expect: ['text fragment'],
  },
  {
    name: 'many pings between many fragments are answered in order',
    rfc: '6455, 5.4',
    send: [text('a', part), ping('1'), more('b', part), ping('2'), more('c', part), ping('3'), more('d')],
    expect: ['pong 31', 'pong 32', 'pong 33', 'text abcd'],
  },
  {
    name: 'a close between fragments ends the connection, and what had come of the message is nothing',
    rfc: '6455, 5.4',
    send: [text('never', part), close(1000), more('answered')],
    expect: ['close 1000'],
  },
  {
    name: 'a continuation of nothing is refused',
    rfc: '6455, 5.4',
    send: [more('x'), text('never')],
    expect: ['close 1002'],
  },
  {
    name: 'an unfinished continuation of nothing is refused',
    rfc: '6455, 5.4',
    send: [more('x', part), text('never')],
    expect: ['close 1002'],
  },
  {
    name: 'a continuation after a whole message is refused',
    rfc: '6455, 5.4',
    send: [text('whole'), more('x')],
    expect: ['text whole', 'close 1002'],
  },
  {
    name: 'a continuation after a finished message in fragments is refused',
    rfc: '6455, 5.4',
    send: [text('fra', part), more('gment'), more('x')],
    expect: ['text fragment', 'close 1002'],
  },
  {
    name: 'a new message within another is refused',
    rfc: '6455, 5.4',
    send: [text('never', part), text('answered')],
    expect: ['close 1002'],
  },
  {
    name: 'the first fragment of a new message within another is refused',
    rfc: '6455, 5.4',
    send: [text('never', part), binary('answered', part)],
    expect: ['close 1002'],
  },
  { name: 'an empty ping is answered', rfc: '6455, 5.5.2', send: [ping()], expect: ['pong'] },
  { name: 'a ping is answered with its text', rfc: '6455, 5.5.2', send: [ping('hello')], expect: ['pong 68656c6c6f'] },
  {
    name: 'a ping of bytes that are no text is answered with them',
    rfc: '6455, 5.5.2',
    send: [ping(Buffer.from([0, 0xff, 0xfe, 0xc0]))],
    expect: ['pong 00fffec0'],
  },
  { name: 'a ping of 125 bytes is answered', rfc: '6455, 5.5', send: [ping('x'.repeat(125))], expect: ['pong #125'] },
  { name: 'a ping of 126 bytes is refused', rfc: '6455, 5.5', send: [ping('x'.repeat(126))], expect: ['close 1002'] },
  {
    name: 'a ping of 65,536 bytes is refused',
    rfc: '6455, 5.5',
    send: [ping('x'.repeat(65_536))],
    expect: ['close 1002'],
  },
  {
    name: 'a pong of 126 bytes is refused',
    rfc: '6455, 5.5',
    send: [pong('x'.repeat(126))],
    expect: ['close 1002'],
  },
  {
    name: 'a ping in fragments is refused',
    rfc: '6455, 5.5',
    send: [ping('x', part), more('y')],
    expect: ['close 1002'],
  },
  {
    name: 'a pong in fragments is refused',
    rfc: '6455, 5.5',
    send: [pong('x', part), more('y')],
    expect: ['close 1002'],
  },
  {
    name: 'a close in fragments is refused',
    rfc: '6455, 5.5',
    send: [close(1000, '', part), more('')],
    expect: ['close 1002'],
  },
  {
    name: 'a pong that nobody asked for is nothing',
    rfc: '6455, 5.5.3',
    send: [pong('x'), ping('y')],
    expect: ['pong 79'],
  },
  {
    name: 'ten pings are answered in order',
    rfc: '6455, 5.5.2',
    send: Array.from({ length: 10 }, (_, index) => ping(`${index}`)),
    expect: Array.from({ length: 10 }, (_, index) => `pong 3${index}`),
  },
];

protocolSuite('WebSocket fragments and control frames', cases);
