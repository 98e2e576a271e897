import type { KnownDifference } from '../known-difference.js';

/** Accounts, origins and limits. */
export const GUARDS_DIFFERENCES: readonly KnownDifference[] = [
  {
    what: 'accounts and sockets',
    peer: 'a socket needs none',
    yunction: '401',
    reason: 'Fault 7.',
    answers: {
      'a socket without an account': {
        status: '401',
        end: 'whole',
        body: 'Unauthorized',
        messages: '(absent)',
        'header www-authenticate': 'Basic realm="Authorization Required", charset="UTF-8"',
        'header content-type': 'text/plain; charset=utf-8',
      },
    },
  },
  {
    what: 'accounts and OPTIONS',
    peer: 'OPTIONS needs none and reaches the function',
    yunction: '401; a preflight is answered without the function',
    reason: 'Fault 8.',
    answers: {
      'without an account, OPTIONS': {
        status: '401',
        'header content-type': 'text/plain; charset=utf-8',
        body: 'Unauthorized',
        'header www-authenticate': 'Basic realm="Authorization Required", charset="UTF-8"',
      },
      'a preflight of an origin that is not allowed': {
        status: '401',
        'header content-type': 'text/plain; charset=utf-8',
        body: 'Unauthorized',
        'header www-authenticate': 'Basic realm="Authorization Required", charset="UTF-8"',
      },
    },
  },
  {
    what: 'the challenge of a 401',
    peer: '`Basic realm="Authorization Required"`',
    yunction: 'with `charset="UTF-8"`',
    reason: 'RFC 7617, section 2.1.',
    answers: {
      'without an account': { 'header www-authenticate': 'Basic realm="Authorization Required", charset="UTF-8"' },
      'with a wrong password': { 'header www-authenticate': 'Basic realm="Authorization Required", charset="UTF-8"' },
      'with a token': { 'header www-authenticate': 'Basic realm="Authorization Required", charset="UTF-8"' },
      'a refusal to an origin that is allowed': {
        'header www-authenticate': 'Basic realm="Authorization Required", charset="UTF-8"',
      },
    },
  },
  {
    what: 'CORS headers of a refusal',
    peer: 'none: the page sees no status',
    yunction: 'as of any response',
    reason: 'Fault 18.',
    answers: {
      'without an account': { 'header vary': 'Origin' },
      'with a wrong password': { 'header vary': 'Origin' },
      'with a token': { 'header vary': 'Origin' },
      'a refusal to an origin that is allowed': {
        'header vary': 'Origin',
        'header access-control-allow-origin': 'https://app.example.org',
        'header access-control-allow-credentials': 'true',
        'header access-control-expose-headers': '*',
      },
    },
  },
  {
    what: 'methods and headers of a preflight',
    peer: '`*`, which browsers take literally with credentials',
    yunction: 'what was asked for',
    reason: 'Fault 18.',
    answers: {
      'a preflight': {
        'header vary': 'Origin, Access-Control-Request-Headers',
        'header access-control-allow-methods': 'PUT',
        'header access-control-allow-headers': 'x-a',
      },
    },
  },
  {
    what: '`Access-Control-Expose-Headers`',
    peer: '`*`, which browsers take literally with credentials',
    yunction: 'names',
    reason: 'Fault 18.',
    answers: {
      'an origin that is allowed': { 'header access-control-expose-headers': 'X-Request-Id' },
      'an origin of this machine': { 'header access-control-expose-headers': 'X-Request-Id' },
    },
  },
  {
    what: '429',
    peer: 'no `Retry-After`',
    yunction: '`Retry-After: 1`',
    reason: 'Clients should know when to come back.',
    answers: {
      'over the limit': { 'header retry-after': '1' },
    },
  },
];
