// What is sent to every peer, byte for byte, and what must come back.
import { isDeepStrictEqual } from 'node:util';

export const order = {
  customer: { name: 'Ada Lovelace', email: 'ada.lovelace@example.com' },
  priority: 'normal',
  createdAt: '2026-11-23T10:15:30.000Z',
  note: 'Please ring twice.',
  lines: Array.from({ length: 10 }, (_, index) => ({
    sku: `AB-${1000 + index}`,
    quantity: index + 1,
    price: 2.5 * (index + 1),
    ...(index % 2 === 0 ? { note: 'gift wrapped' } : {}),
  })),
};

const RECEIPT = { customer: 'Ada Lovelace', lines: 10, total: 962.5 };

/** Four mistakes: an e-mail address, a priority, a quantity and a price. */
export const invalidOrder = structuredClone(order);
invalidOrder.customer.email = 'nobody';
invalidOrder.priority = 'urgent';
invalidOrder.lines[0].quantity = 0;
invalidOrder.lines[3].price = -1;

const FILE_BYTES = 64 * 1024;

export const REQUESTS = {
  hello: get('hello', '/hello', { hello: 'world' }),
  query: get('query', '/orders/42/lines?page=2&limit=20&detailed=true', {
    id: 42,
    page: 2,
    limit: 20,
    detailed: true,
  }),
  queryInvalid: {
    ...get('query, invalid', '/orders/42/lines?page=0&limit=20&detailed=true'),
    status: 400,
    check: mentions('page'),
  },
  order: post('order', '/orders', 'application/json', JSON.stringify(order), 201, same(RECEIPT)),
  invalid: post('invalid', '/orders', 'application/json', JSON.stringify(invalidOrder), 400, mentions('email')),
  upload: upload(),
  publish: post('publish', '/sse/room', 'application/json', JSON.stringify({ text: 'news' }), 202),
};

function get(name, path, expected) {
  const bytes = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: bench.example\r\nAccept: application/json\r\n\r\n`);
  return { name, bytes, status: 200, check: expected && same(expected) };
}

function post(name, path, type, body, status, check) {
  const payload = Buffer.from(body);
  const head = `POST ${path} HTTP/1.1\r\nHost: bench.example\r\nAccept: application/json\r\nContent-Type: ${type}\r\nContent-Length: ${payload.length}\r\n\r\n`;
  return { name, bytes: Buffer.concat([Buffer.from(head), payload]), status, check };
}

function upload() {
  // Bytes that are not text and hold no boundary; the same in every run.
  const file = Buffer.alloc(FILE_BYTES).map((_, index) => (index * 31 + (index >> 8)) % 251);
  const body = Buffer.concat([
    Buffer.from('--bench-boundary\r\nContent-Disposition: form-data; name="note"\r\n\r\nholiday\r\n'),
    Buffer.from(
      '--bench-boundary\r\nContent-Disposition: form-data; name="file"; filename="photo.bin"\r\nContent-Type: application/octet-stream\r\n\r\n',
    ),
    file,
    Buffer.from('\r\n--bench-boundary--\r\n'),
  ]);
  const expected = same({ size: FILE_BYTES, filename: 'photo.bin', note: 'holiday' });
  return post('upload', '/uploads', 'multipart/form-data; boundary=bench-boundary', body, 201, expected);
}

function same(expected) {
  return (body) => {
    // A chunked body comes with its framing.
    const json = body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1);
    return isDeepStrictEqual(JSON.parse(json), expected) ? undefined : `not ${JSON.stringify(expected)}`;
  };
}

function mentions(word) {
  return (body) => (body.includes(word) ? undefined : `nothing about ${word}`);
}
