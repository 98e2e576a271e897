import type { KnownDifference } from '../known-difference.js';
import { onEach } from '../on-each.js';
import { EVENT_STREAMS } from './event-streams.js';

/** Streams of events. */
export const SSE_DIFFERENCES: readonly KnownDifference[] = [
  {
    what: 'headers of a stream',
    peer: '`Cache-Control: no-cache`',
    yunction: '`no-cache, no-transform` and `X-Accel-Buffering: no`',
    reason: 'Proxies and gateways must neither compress nor hold back events.',
    answers: onEach(EVENT_STREAMS, {
      'header cache-control': 'no-cache, no-transform',
      'header x-accel-buffering': 'no',
    }),
  },
  {
    what: 'line breaks in the data',
    peer: 'several become one',
    yunction: 'each is kept',
    reason: 'Fault 14.',
    answers: {
      'sse blank-lines': { body: 'data: one\ndata: \ndata: two\ndata: \n\n' },
      'esm example: sse': {
        body: 'data: hello from sse function, abcdefg..., €€€€€⭐⭐⭐⭐⭐\n\ndata: a message with line breaks:\\nthe first line.\\n\\nthe second line.\\r\\r\\r\ndata: \n\ndata: This is the first message.\n\ndata: This is the second message, it\ndata: \ndata: \ndata: \ndata: \ndata: \ndata: has two lines.\n\n: all members\nevent: third\nid: 3\nretry: 1000\ndata: This is the third message.\n\nmessage: This is a raw message. message: This is another raw message.\n\nThis is a raw message. \nThis is another raw message.\n\n',
      },
      'commonjs example: sse': {
        body: 'data: hello from sse function, abcdefg..., €€€€€⭐⭐⭐⭐⭐\n\ndata: a message with line breaks:\\nthe first line.\\n\\nthe second line.\\r\\r\\r\ndata: \n\ndata: This is the first message.\n\ndata: This is the second message, it\ndata: \ndata: \ndata: \ndata: \ndata: \ndata: has two lines.\n\n: all members\nevent: third\nid: 3\nretry: 1000\ndata: This is the third message.\n\nmessage: This is a raw message. message: This is another raw message.\n\nThis is a raw message. \nThis is another raw message.\n\n',
      },
    },
  },
  {
    what: 'data that is an array, a Date',
    peer: '`String(data)`',
    yunction: 'JSON',
    reason: 'Fault 14.',
    answers: {
      'sse data-array': { body: 'data: [1,2,{"three":3}]\n\n' },
      'sse data-date': { body: 'data: "1970-01-01T00:00:00.000Z"\n\n' },
    },
  },
  {
    what: 'data that is undefined',
    peer: 'the text `undefined`',
    yunction: 'no line of data',
    reason: 'There is nothing to send.',
    answers: {
      'sse data-values': { body: 'data: 5\n\ndata: false\n\ndata: null\n\ndata: \n\ndata: end\n\n' },
    },
  },
  {
    what: 'line breaks in `id`, in `event`, in a Buffer',
    peer: 'sent as they are: fields can be injected',
    yunction: 'refused in `id` and `event`; one `data:` each in a Buffer',
    reason: 'Fault 14.',
    answers: {
      'sse data-buffer-lines': { body: 'data: one\ndata: event: two\n\n' },
      'sse id-injection': {
        body: ': uncaught-exception-from-user-code\nevent: error\ndata: an SSE event’s `id` holds no CR, LF or NUL\n\n',
      },
    },
  },
  {
    what: 'an error after `sse()`',
    peer: 'no event; the stream stays open for ever',
    yunction: '`event: error`, then the end',
    reason: 'Fault 2.',
    answers: {
      'sse that throws': {
        end: 'whole',
        body: 'data: all is well\n\n: uncaught-exception-from-user-code\nevent: error\ndata: went wrong\n\n',
      },
      'sse that throws after a wait': {
        end: 'whole',
        body: 'data: all is well\n\n: uncaught-exception-from-user-code\nevent: error\ndata: went wrong later\n\n',
      },
      'sse that throws at once': {
        end: 'whole',
        body: ': uncaught-exception-from-user-code\nevent: error\ndata: before anything was sent\n\n',
      },
    },
  },
  {
    what: '`setEncoder`',
    peer: 'throws',
    yunction: 'is there',
    reason: 'Fault 13.',
    answers: {
      'sse with an encoder': { end: 'whole', body: 'data: encoded\n\n' },
    },
  },
];
