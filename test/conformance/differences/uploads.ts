import type { KnownDifference } from '../known-difference.js';

/** Forms with files. */
export const UPLOADS_DIFFERENCES: readonly KnownDifference[] = [
  {
    what: '`mtime` of a file',
    peer: 'undefined',
    yunction: 'a Date',
    reason: 'The typings say so.',
    answers: {
      'a form with a file and a field': {
        body: '{"file":{"size":5,"originalFilename":"hello.txt","mimetype":"text/plain","written":"Date","named":true,"content":"hello"},"str":"a field"}',
      },
      'a form with two files of a name': {
        body: '{"file":[{"size":5,"originalFilename":"hello.txt","mimetype":"text/plain","written":"Date","named":true,"content":"hello"},{"size":2,"originalFilename":"b.bin","mimetype":"image/png","written":"Date","named":true,"content":"\\u0000\\u0001"}]}',
      },
      'a form with an empty file': {
        body: '{"file":{"size":0,"originalFilename":"empty.txt","mimetype":"text/plain","written":"Date","named":true,"content":""}}',
      },
      'a form with a file name of another script': {
        body: '{"file":{"size":1,"originalFilename":"文件.txt","mimetype":"text/plain","written":"Date","named":true,"content":"x"}}',
      },
      'a form by PUT': {
        body: '{"file":{"size":5,"originalFilename":"hello.txt","mimetype":"text/plain","written":"Date","named":true,"content":"hello"}}',
      },
    },
  },
  {
    what: 'the JSON of a file',
    peer: 'has no `length`',
    yunction: 'has it',
    reason: 'The typings say so.',
    answers: {
      'the JSON of a file': {
        body: '["filepath","length","mimetype","mtime","newFilename","originalFilename","size"]',
      },
    },
  },
  {
    what: 'a form with a file input that was left empty',
    peer: 'a file of no bytes without a name',
    yunction: 'no member',
    reason: 'There is no file: test `event.file` before using it.',
    answers: {
      'a form with no file chosen': {
        body: '{"file":{"size":0,"originalFilename":null,"mimetype":"application/octet-stream","written":"Date","named":true,"content":""},"str":"a field"}',
      },
    },
  },
  {
    what: 'what makes a part a file',
    peer: 'its content type',
    yunction: 'its file name',
    reason: 'RFC 7578, section 4.2: a file has a file name, and its content type is optional.',
    answers: {
      'a form with a file without a type': {
        body: '{"file":{"size":7,"originalFilename":"a.txt","mimetype":"text/plain","written":"Date","named":true,"content":"untyped"}}',
      },
      'a form with a JSON part': { body: '{"json":"{\\"a\\":1}"}' },
    },
  },
  {
    what: 'a file and a field of one name',
    peer: 'the field replaces the file',
    yunction: 'both, in an array',
    reason: 'Fault 15.',
    answers: {
      'a form with a file and a field of one name': {
        body: '{"file":[{"size":5,"originalFilename":"hello.txt","mimetype":"text/plain","written":"Date","named":true,"content":"hello"},"text of the same name"]}',
      },
      'a form with a field and a file of one name': {
        body: '{"file":["text of the same name",{"size":5,"originalFilename":"hello.txt","mimetype":"text/plain","written":"Date","named":true,"content":"hello"}]}',
      },
    },
  },
  {
    what: 'a file name in `filename*`',
    peer: 'null',
    yunction: 'the name',
    reason: 'What some clients send for names of other scripts.',
    answers: {
      'a form with an encoded file name': {
        body: '{"file":{"size":1,"originalFilename":"文.txt","mimetype":"text/plain","written":"Date","named":true,"content":"x"}}',
      },
    },
  },
  {
    what: 'a path in a file name',
    peer: 'the whole path',
    yunction: 'its last part',
    reason: 'The name that a client gives must not lead out of a folder.',
    answers: {
      'a form with a path in the file name': {
        body: '{"file":{"size":1,"originalFilename":"passwd","mimetype":"text/plain","written":"Date","named":true,"content":"x"}}',
      },
    },
  },
  {
    what: 'a form by GET or DELETE',
    peer: 'its bytes',
    yunction: '`{}`',
    reason: 'As with every other body of these methods, in both.',
    answers: {
      'a form by DELETE': { body: '{}' },
      'a form by GET': { body: '{}' },
    },
  },
  {
    what: 'a form without a boundary, or without its end',
    peer: 'calls the function, with status 400 or with `{}`',
    yunction: '400 `BAD_REQUEST`',
    reason: 'Fault 5.',
    answers: {
      'a form without a boundary': { body: '{"code":"BAD_REQUEST","message":"Bad Request.","requestId":"<uuid>"}' },
      'a form that is empty and says it has parts': {
        status: '400',
        body: '{"code":"BAD_REQUEST","message":"Bad Request.","requestId":"<uuid>"}',
      },
    },
  },
];
