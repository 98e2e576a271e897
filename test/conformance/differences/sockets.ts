import type { KnownDifference } from '../known-difference.js';

/** WebSockets. */
export const SOCKETS_DIFFERENCES: readonly KnownDifference[] = [
  {
    what: 'an address with a query at the route of a socket',
    peer: 'matches no route',
    yunction: 'the query is not the path',
    reason: 'Fault 1.',
    answers: {
      'ws with a query at the route': { messages: '["x"]', close: '1000 bye', status: '101', end: '', body: '' },
      'esm example: WebSocket with a query': {
        messages: '["hello from websocket function","message: ping"]',
        close: '1000 bye',
        status: '101',
        end: '',
        body: '',
      },
      'commonjs example: WebSocket with a query': {
        messages: '["hello from websocket function","message: ping"]',
        close: '1000 bye',
        status: '101',
        end: '',
        body: '',
      },
    },
  },
  {
    what: 'an upgrade where no function takes sockets',
    peer: 'the connection is closed without an answer',
    yunction: '404',
    reason: 'A client can tell why.',
    answers: {
      'ws at a function without handleUpgrade': {
        messages: '(absent)',
        close: '(absent)',
        status: '404',
        end: 'whole',
        'header content-type': 'application/json; charset=utf-8',
        body: '{"code":"NOT_FOUND","message":"no WebSocket route has this path","requestId":"<uuid>"}',
      },
      'ws at no route': {
        messages: '(absent)',
        close: '(absent)',
        status: '404',
        end: 'whole',
        'header content-type': 'application/json; charset=utf-8',
        body: '{"code":"NOT_FOUND","message":"no WebSocket route has this path","requestId":"<uuid>"}',
      },
    },
  },
  {
    what: '`Content-Encoding: utf-8` of a refusal',
    peer: 'sent',
    yunction: 'not sent',
    reason: 'It is no content encoding (RFC 9110, section 8.4.1).',
    answers: {
      'ws told the function how it was left': { 'header content-encoding': '(absent)' },
      'ws is refused': { 'header content-encoding': '(absent)' },
      'ws is refused with JSON': { 'header content-encoding': '(absent)' },
      'ws is refused without a word': { 'header content-encoding': '(absent)' },
      'ws is refused by an empty object': { 'header content-encoding': '(absent)' },
      'ws is refused by nothing': { 'header content-encoding': '(absent)' },
      'ws is refused, told what was known': { 'header content-encoding': '(absent)' },
      'ws is refused, told what was known, with a query': { 'header content-encoding': '(absent)' },
      'ws is refused by an error': { 'header content-encoding': '(absent)' },
      'ws is refused by a rejection': { 'header content-encoding': '(absent)' },
      'esm example: WebSocket that is denied': { 'header content-encoding': '(absent)' },
      'commonjs example: WebSocket that is denied': { 'header content-encoding': '(absent)' },
    },
  },
  {
    what: 'a `handleUpgrade` that throws, or returns nothing',
    peer: '500 with the text of the error',
    yunction: '500 `INTERNAL`; the text is in the log, and outside production in the body',
    reason: 'Fault 10.',
    answers: {
      'ws is refused by nothing': {
        'header content-type': 'application/json; charset=utf-8',
        body: '{"code":"SYS_ERR","message":"System Error.","requestId":"<uuid>","stack":"TypeError: socket.main: handleUpgrade returned no object: give { allowWebSocket: true } or false …"}',
      },
      'ws is refused by an error': {
        'header content-type': 'application/json; charset=utf-8',
        body: '{"code":"SYS_ERR","message":"System Error.","requestId":"<uuid>","stack":"Error: the gate broke …"}',
      },
      'ws is refused by a rejection': {
        'header content-type': 'application/json; charset=utf-8',
        body: '{"code":"SYS_ERR","message":"System Error.","requestId":"<uuid>","stack":"Error: the gate broke later …"}',
      },
    },
  },
  {
    what: 'a `main` that throws for a socket',
    peer: 'the socket stays open, without its function',
    yunction: 'closed with 1011',
    reason: 'Fault 11.',
    answers: {
      'ws whose main throws': { messages: '[]', close: '1011 the function failed' },
    },
  },
  {
    what: '`ws.close()` without a code',
    peer: '1005',
    yunction: '1000',
    reason: 'On scf only 1000, 1010 and 1011 count as success.',
    answers: {
      'ws is closed by the function without a code': { close: '1000' },
    },
  },
  {
    what: 'compression',
    peer: 'permessage-deflate',
    yunction: 'none',
    reason:
      'Messages of the platform are short and compression costs memory for each socket; `compress` turns it on for a controller.',
    answers: {
      'ws may be compressed': { 'header sec-websocket-extensions': '(absent)' },
    },
  },
  {
    what: 'a message of more than 256 KiB',
    peer: 'taken, up to 100 MiB',
    yunction: 'closed with 1009',
    reason: 'The platform’s own limit; `maxMessageBytes`.',
    answers: {
      'ws takes 300 KB': { messages: '[]', close: '1009' },
    },
  },
  {
    what: 'an upgrade to another protocol',
    peer: 'the connection is closed',
    yunction: 'ignored: an ordinary request',
    reason: 'RFC 9110, section 7.8.',
    answers: {
      'an upgrade to something else': {
        status: '200',
        end: 'whole',
        body: '{"event":{"object":{}},"method":"GET","url":"http://<host>/echo"}',
        'header content-type': 'application/json; charset=utf-8',
      },
    },
  },
  {
    what: 'an upgrade of an unknown version',
    peer: '400',
    yunction: '426',
    reason: 'RFC 6455, section 4.4.',
    answers: {
      'an upgrade with an unknown version': {
        status: '426',
        'header content-type': 'application/json; charset=utf-8',
        'header sec-websocket-version': '13',
        body: '{"code":"UPGRADE_REQUIRED","message":"this server speaks version 13 of the protocol","requestId":"<uuid>"}',
      },
    },
  },
  {
    what: 'the reason of a close at shutdown',
    peer: '`websocket server is shutting down, please try to reconnect`',
    yunction: '`the server is restarting: reconnect`',
    reason: 'The code is the same, but on scf: 1011, which counts as success there.',
    answers: {
      'ws when the server is stopped': { close: '1012 the server is restarting: reconnect' },
    },
  },
];
