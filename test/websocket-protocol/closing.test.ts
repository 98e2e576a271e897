// Sections 5.5.1 and 7: close frames and their codes.
import { close, frame, ping, type ProtocolCase, protocolSuite, text } from './protocol-suite.js';

const GOOD = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
const BAD = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];

const cases: ProtocolCase[] = [
  ...GOOD.map((code) => ({
    name: `a close with ${code} is answered with it`,
    rfc: '6455, 7.4',
    send: [close(code)],
    expect: [`close ${code}`],
  })),
  ...BAD.map((code) => ({
    name: `a close with ${code} is refused`,
    rfc: '6455, 7.4',
    send: [close(code)],
    expect: ['close 1002'],
  })),
  {
    name: 'a close without a code is answered without one',
    rfc: '6455, 7.1.5',
    send: [close()],
    expect: ['close 1005'],
  },
  {
    name: 'a close of one byte is refused',
    rfc: '6455, 5.5.1',
    send: [frame(8, Buffer.from([3]))],
    expect: ['close 1002'],
  },
  {
    name: 'a close with a reason is answered',
    rfc: '6455, 5.5.1',
    send: [close(1000, 'bye')],
    expect: ['close 1000'],
  },
  {
    name: 'a close with a reason of 123 bytes is answered',
    rfc: '6455, 5.5.1',
    send: [close(1000, 'x'.repeat(123))],
    expect: ['close 1000'],
  },
  {
    name: 'a close with a reason of 124 bytes is refused',
    rfc: '6455, 5.5',
    send: [close(1000, 'x'.repeat(124))],
    expect: ['close 1002'],
  },
  {
    name: 'a second close is nothing',
    rfc: '6455, 5.5.1',
    send: [close(1000), close(1001)],
    expect: ['close 1000'],
  },
  {
    name: 'a message after a close is nothing',
    rfc: '6455, 5.5.1',
    send: [close(1000), text('never')],
    expect: ['close 1000'],
  },
  {
    name: 'a ping after a close is nothing',
    rfc: '6455, 5.5.1',
    send: [close(1000), ping('never')],
    expect: ['close 1000'],
  },
  {
    name: 'messages before a close are answered',
    rfc: '6455, 7.1',
    send: [text('one'), text('two'), close(1001)],
    expect: ['text one', 'text two', 'close 1001'],
  },
  {
    name: 'garbage after a close is nothing',
    rfc: '6455, 5.5.1',
    send: [close(1000), Buffer.alloc(100, 0xff)],
    expect: ['close 1000'],
  },
];

protocolSuite('WebSocket closing', cases);
