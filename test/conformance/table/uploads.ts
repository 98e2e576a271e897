import type { HttpRow } from '../row.js';

const BOUNDARY = '----conformance';
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** A part: its headers after the name, and its content. */
type Part = readonly [disposition: string, content: string, type?: string];

/** A form with these parts, sent by POST. */
export function form(name: string, parts: readonly Part[], more: Partial<HttpRow> = {}): HttpRow {
  const lines = parts.map(([disposition, content, type]) => {
    const typed = type === undefined ? '' : `Content-Type: ${type}\r\n`;
    return `--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n${typed}\r\n${content}\r\n`;
  });
  const body = `${lines.join('')}--${BOUNDARY}--\r\n`;
  return { name, method: 'POST', path: '/uploads', headers: { 'Content-Type': TYPE }, body, ...more };
}

function raw(name: string, body: string, type = TYPE): HttpRow {
  return { name, method: 'POST', path: '/uploads', headers: { 'Content-Type': type }, body };
}

const FILE: Part = ['name="file"; filename="hello.txt"', 'hello', 'text/plain'];
const FIELD: Part = ['name="str"', 'a field'];

/** Forms with files. */
export const UPLOADS: readonly HttpRow[] = [
  form('a form with a file and a field', [FILE, FIELD]),
  form('a form with a field only', [FIELD]),
  form('a form with two fields of a name', [FIELD, ['name="str"', 'another']]),
  form('a form with two files of a name', [FILE, ['name="file"; filename="b.bin"', '\0\x01', 'image/png']]),
  form('a form with an empty file', [['name="file"; filename="empty.txt"', '', 'text/plain']]),
  form('a form with no file chosen', [['name="file"; filename=""', '', 'application/octet-stream'], FIELD]),
  form('a form with an empty field', [['name="str"', '']]),
  form('a form with a file without a type', [['name="file"; filename="a.txt"', 'untyped']]),
  form('a form with a file and a field of one name', [FILE, ['name="file"', 'text of the same name']]),
  form('a form with a field and a file of one name', [['name="file"', 'text of the same name'], FILE]),
  form('a form with a file name of another script', [['name="file"; filename="文件.txt"', 'x', 'text/plain']]),
  form('a form with an encoded file name', [['name="file"; filename*=UTF-8\'\'%E6%96%87.txt', 'x', 'text/plain']]),
  form('a form with a path in the file name', [['name="file"; filename="../../etc/passwd"', 'x', 'text/plain']]),
  form('a form with brackets in the names', [
    ['name="a[b]"', '1'],
    ['name="list[]"', 'x'],
    ['name="list[]"', 'y'],
  ]),
  form('a form with a JSON part', [['name="json"', '{"a":1}', 'application/json']]),
  form('a form by PUT', [FILE], { method: 'PUT' }),
  form('a form by DELETE', [FILE], { method: 'DELETE' }),
  form('a form by GET', [FIELD], { method: 'GET' }),
  form('a form without parts', []),
  form('the JSON of a file', [FILE], { path: '/uploads/json' }),
  raw('a form that breaks off', `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\nbroken`),
  raw('a form that is none', 'this is no form'),
  raw('a form without a boundary', 'this is no form', 'multipart/form-data'),
  raw('a form that is empty and says it has parts', ''),
];
