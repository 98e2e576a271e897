// The floor of the cold start to a first validated order: node:http, ws and busboy loaded, the checks written by hand.
import busboy from 'busboy';
import { WebSocketServer } from 'ws';
import { receipt } from '../receipt.mjs';

const { createServer } = process.getBuiltinModule('node:http');

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const SKU = /^[A-Z]{2}-\d{4}$/;
const isText = (value, most) => typeof value === 'string' && value.length <= most;
const isLine = (line) =>
  typeof line === 'object' &&
  line !== null &&
  SKU.test(line.sku) &&
  Number.isInteger(line.quantity) &&
  line.quantity >= 1 &&
  line.quantity <= 999 &&
  typeof line.price === 'number' &&
  line.price >= 0 &&
  (line.note === undefined || isText(line.note, 200));
const isOrder = (order) =>
  isText(order?.customer?.name, 100) &&
  EMAIL.test(order.customer.email) &&
  ['low', 'normal', 'high'].includes(order.priority) &&
  !Number.isNaN(Date.parse(order.createdAt)) &&
  Array.isArray(order.lines) &&
  order.lines.every(isLine);

const server = createServer((request, response) => {
  if (request.method === 'GET' && request.url === '/hello') return answer(response, 200, { hello: 'world' });
  if (request.headers['content-type']?.startsWith('multipart/')) return request.pipe(busboy(request));
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const order = JSON.parse(Buffer.concat(chunks).toString());
    if (isOrder(order)) answer(response, 201, receipt(order));
    else answer(response, 400, { errors: ['not an order'] });
  });
});
new WebSocketServer({ server });
server.listen(Number(process.env.PORT), '0.0.0.0');

function answer(response, status, value) {
  const body = JSON.stringify(value);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
