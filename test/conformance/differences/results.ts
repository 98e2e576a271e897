import type { KnownDifference } from '../known-difference.js';

/** Results, errors and ids. */
export const RESULTS_DIFFERENCES: readonly KnownDifference[] = [
  {
    what: '`Uint8Array`, `Blob`, web streams and `Response`',
    peer: 'the JSON of an object, mostly `{}`',
    yunction: 'sent as what they are',
    reason: 'What was meant.',
    answers: {
      'result bytes': { 'header content-type': 'application/octet-stream', body: 'hi' },
      'result web-stream': { 'header content-type': 'application/octet-stream', body: 'from a web stream' },
      'result blob': { 'header content-type': 'text/css', body: 'blob' },
      'result response': {
        status: '201',
        'header content-type': 'text/plain;charset=UTF-8',
        body: 'made here',
        'header x-made': 'here',
      },
    },
  },
  {
    what: 'what JSON cannot hold: BigInt, cycles, functions, symbols',
    peer: '500 as plain text, and no line in the access log',
    yunction: '500 `SYS_ERR` as of any error',
    reason: 'Decision: one form for all errors.',
    answers: {
      'result bigint': {
        'header content-type': 'application/json; charset=utf-8',
        body: '{"code":"SYS_ERR","message":"System Error.","requestId":"<uuid>","stack":"TypeError: a function returned a bigint, which JSON cannot hold …"}',
      },
      'result cycle': {
        'header content-type': 'application/json; charset=utf-8',
        body: '{"code":"SYS_ERR","message":"System Error.","requestId":"<uuid>","stack":"TypeError: Converting circular structure to JSON …"}',
      },
      'result function': {
        'header content-type': 'application/json; charset=utf-8',
        body: '{"code":"SYS_ERR","message":"System Error.","requestId":"<uuid>","stack":"TypeError: a handler returned a function, which is no response …"}',
      },
      'result symbol': {
        'header content-type': 'application/json; charset=utf-8',
        body: '{"code":"SYS_ERR","message":"System Error.","requestId":"<uuid>","stack":"TypeError: a handler returned a symbol, which is no response …"}',
      },
    },
  },
  {
    what: 'a stream that fails midway',
    peer: 'the response never ends',
    yunction: 'the connection is broken',
    reason: 'Fault 4.',
    answers: {
      'result breaking-stream': { end: 'cut' },
    },
  },
  {
    what: 'a body of null with 200',
    peer: 'no length',
    yunction: '`Content-Length: 0`',
    reason: 'The same empty body.',
    answers: {
      'result integration-null-body': { 'header content-length': '0' },
    },
  },
  {
    what: 'an object with a `Content-Type` of its own',
    peer: '`application/json` replaces it',
    yunction: 'the function’s',
    reason: 'What was meant.',
    answers: {
      'result integration-typed-object': { 'header content-type': 'application/vnd.api+json' },
    },
  },
  {
    what: 'a header or status that cannot be sent',
    peer: '500 without a stack',
    yunction: '500 with the stack, where stacks are shown',
    reason: 'The mistake is the function’s.',
    answers: {
      'result integration-bad-header': {
        body: '{"code":"SYS_ERR","message":"System Error.","requestId":"<uuid>","stack":"TypeError [ERR_INVALID_CHAR]: Invalid character in header content [\\"X-Bad\\"] …"}',
      },
      'result integration-status-99': {
        body: '{"code":"SYS_ERR","message":"System Error.","requestId":"<uuid>","stack":"RangeError: an integration response has statusCode 99: give a number from 200 to 599 …"}',
      },
    },
  },
  {
    what: 'a header that is undefined',
    peer: 'the text `undefined`',
    yunction: 'no header',
    reason: 'What was meant.',
    answers: {
      'result integration-undefined-header': { 'header x-none': '(absent)' },
    },
  },
  {
    what: '`throw null`, `Promise.reject()`',
    peer: '204',
    yunction: '500',
    reason: 'Fault 6.',
    answers: {
      'thrown: null': {
        status: '500',
        body: '{"code":"SYS_ERR","message":"System Error.","requestId":"<uuid>","stack":" …"}',
        'header content-type': 'application/json; charset=utf-8',
      },
      'thrown: undefined': {
        status: '500',
        body: '{"code":"SYS_ERR","message":"System Error.","requestId":"<uuid>","stack":" …"}',
        'header content-type': 'application/json; charset=utf-8',
      },
      'production, thrown: null': {
        status: '500',
        body: '{"code":"SYS_ERR","message":"System Error.","requestId":"<uuid>"}',
        'header content-type': 'application/json; charset=utf-8',
      },
      'production, thrown: undefined': {
        status: '500',
        body: '{"code":"SYS_ERR","message":"System Error.","requestId":"<uuid>"}',
        'header content-type': 'application/json; charset=utf-8',
      },
    },
  },
  {
    what: 'the id that a client sends',
    peer: 'any text',
    yunction: 'of at most 128 letters, digits and `._:@/+=-`, else a new one',
    reason: 'It stands in logs and headers.',
    answers: {
      'an id twice': { body: '{"eventID":"<uuid>","ctxId":"<uuid>","eventType":"http"}' },
      'an id with markup': { body: '{"eventID":"<uuid>","ctxId":"<uuid>","eventType":"http"}' },
      'an id of 300 characters': { body: '{"eventID":"<uuid>","ctxId":"<uuid>","eventType":"http"}' },
    },
  },
  {
    what: 'an extended context as plain JSON in base64 or base64url',
    peer: 'none: only gzip is read',
    yunction: 'read',
    reason: 'The platform’s examples read it so.',
    answers: {
      'extended context as plain JSON': { body: '{"has":true,"value":{"envId":"e","userId":"ü"}}' },
      'extended context as plain JSON in base64url': { body: '{"has":true,"value":{"envId":">>>???","userId":"ü"}}' },
    },
  },
  {
    what: 'an extended context of more than 64 KiB',
    peer: 'inflated without a limit',
    yunction: 'none',
    reason: 'Fault 17.',
    answers: {
      'extended context of 2 MB': { body: '{"has":false,"value":null}' },
    },
  },
];
