import type { KnownDifference } from '../known-difference.js';

/** Bodies. */
export const BODIES_DIFFERENCES: readonly KnownDifference[] = [
  {
    what: 'JSON that is not UTF-8',
    peer: 'reads it with replacement characters',
    yunction: '400',
    reason: 'RFC 8259, section 8.1: JSON is UTF-8. Broken text must not be stored.',
    answers: {
      'JSON that is not UTF-8': {
        status: '400',
        body: '{"code":"BAD_REQUEST","message":"Bad Request.","requestId":"<uuid>"}',
      },
      'JSON that says it is Latin-1': {
        status: '400',
        body: '{"code":"BAD_REQUEST","message":"Bad Request.","requestId":"<uuid>"}',
      },
    },
  },
  {
    what: 'text with a charset',
    peer: 'reads everything as UTF-8',
    yunction: 'reads it by its charset',
    reason: 'The text is what was sent.',
    answers: {
      'text in Latin-1': { body: '{"event":{"string":"héllo"},"method":"POST","url":"http://<host>/echo"}' },
    },
  },
  {
    what: 'JSON of more than 64 levels',
    peer: 'reads it',
    yunction: '400',
    reason: 'Limit: `maxJsonDepth`.',
    answers: {
      'JSON of 100 levels': {
        status: '400',
        body: '{"code":"BAD_REQUEST","message":"Bad Request.","requestId":"<uuid>"}',
      },
    },
  },
  {
    what: 'a body of more than 1 MiB',
    peer: 'reads up to 1 GiB',
    yunction: '413 `BODY_TOO_LARGE`; 6 MiB on scf, 32 MiB on fc',
    reason: 'Fault 5. Limit: `maxBodyBytes`, and the platform’s own.',
    answers: {
      'JSON of 2 MB': {
        status: '413',
        body: '{"code":"BODY_TOO_LARGE","message":"at most 1048576 bytes","requestId":"<uuid>"}',
        'header content-type': 'application/json; charset=utf-8',
      },
    },
  },
  {
    what: 'a body of an unknown `Content-Encoding`',
    peer: 'calls the function and sends its result with status 400',
    yunction: '400, and which encodings are known',
    reason: 'Fault 5.',
    answers: {
      'JSON of an unknown encoding': {
        body: '{"code":"BAD_REQUEST","message":"Bad Request.","requestId":"<uuid>"}',
        'header accept-encoding': 'gzip, deflate, br',
      },
    },
  },
  {
    what: 'text that is empty',
    peer: '400',
    yunction: 'an empty string',
    reason: 'Fault 6.',
    answers: {
      'text that is empty': {
        status: '200',
        body: '{"event":{"string":""},"method":"POST","url":"http://<host>/echo"}',
      },
    },
  },
  {
    what: 'bytes in gzip',
    peer: 'gives them as they are',
    yunction: 'inflates them, under the limit',
    reason: 'As with JSON, forms and text.',
    answers: {
      'bytes inflated from gzip': {
        body: '{"event":{"buffer":"inflated"},"method":"POST","url":"http://<host>/echo"}',
      },
    },
  },
];
