// The floor: node:http, ws, busboy and Ajv called by hand. Nothing here that the scenarios do not need.
import { once } from 'node:events';
import busboy from 'busboy';
import { WebSocketServer } from 'ws';
import { isOrder, isPath, isQuery, isSay, problems } from '../ajv.mjs';
import { receipt } from '../receipt.mjs';

const { createServer } = process.getBuiltinModule('node:http');
const listeners = new Set();

const server = createServer((request, response) => {
  const { method, url } = request;
  if (method === 'GET') {
    if (url === '/hello') return answer(response, 200, { hello: 'world' });
    if (url.startsWith('/orders/')) return findLines(url, response);
    if (url === '/sse/room') return enterRoom(response);
    if (url.startsWith('/sse/count?count=')) return void count(Number(url.slice(17)), response);
  } else if (method === 'POST') {
    if (url === '/orders') return readJson(request, response, placeOrder);
    if (url === '/uploads') return upload(request, response);
    if (url === '/sse/room') return readJson(request, response, publish);
  }
  answer(response, 404, { error: 'not found' });
});

function answer(response, status, value) {
  const body = JSON.stringify(value);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

function readJson(request, response, handle) {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    let value;
    try {
      value = JSON.parse((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)).toString());
    } catch {
      return answer(response, 400, { errors: [{ path: '', message: 'not JSON' }] });
    }
    handle(value, response);
  });
}

function findLines(url, response) {
  const mark = url.indexOf('?');
  const path = { id: url.slice(8, url.indexOf('/', 8)) };
  const query = Object.fromEntries(new URLSearchParams(url.slice(mark + 1)));
  if (!isPath(path)) return answer(response, 400, { errors: problems(isPath) });
  if (!isQuery(query)) return answer(response, 400, { errors: problems(isQuery) });
  answer(response, 200, { id: path.id, page: query.page, limit: query.limit, detailed: query.detailed });
}

function placeOrder(order, response) {
  if (!isOrder(order)) return answer(response, 400, { errors: problems(isOrder) });
  answer(response, 201, receipt(order));
}

function upload(request, response) {
  const result = { size: 0, filename: '', note: '' };
  const form = busboy({ headers: request.headers, limits: { files: 1, fileSize: 10 * 1024 * 1024 } });
  form.on('field', (_name, value) => (result.note = value));
  form.on('file', (_name, stream, { filename }) => {
    const chunks = [];
    result.filename = filename;
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('end', () => (result.size = Buffer.concat(chunks).length));
  });
  form.on('close', () => answer(response, 201, result));
  request.pipe(form);
}

const STREAM = { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-cache' };

async function count(events, response) {
  response.writeHead(200, STREAM);
  for (let index = 0; index < events; index++) {
    const data = JSON.stringify({ index, text: 'token' });
    if (!response.write(`id: ${index}\ndata: ${data}\n\n`)) await once(response, 'drain');
  }
  response.end();
}

function enterRoom(response) {
  response.writeHead(200, STREAM).flushHeaders();
  listeners.add(response);
  response.on('close', () => listeners.delete(response));
}

function publish(message, response) {
  if (!isSay(message)) return answer(response, 400, { errors: problems(isSay) });
  const text = `data: ${JSON.stringify({ text: message.text })}\n\n`;
  for (const listener of listeners) listener.write(text);
  response.writeHead(202, { 'Content-Length': 0 }).end();
}

const echo = new WebSocketServer({ noServer: true });
const room = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket, head) => {
  const target = { '/ws/echo': echo, '/ws/room': room }[request.url];
  if (target === undefined) return socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
  target.handleUpgrade(request, socket, head, (ws) => target.emit('connection', ws));
});
echo.on('connection', (ws) => {
  ws.on('message', (data) => {
    const message = JSON.parse(data.toString());
    ws.send(JSON.stringify(isSay(message) ? { text: message.text } : { errors: problems(isSay) }));
  });
});
room.on('connection', (ws) => {
  ws.on('message', (data) => {
    const message = JSON.parse(data.toString());
    if (!isSay(message)) return ws.send(JSON.stringify({ errors: problems(isSay) }));
    const text = JSON.stringify({ text: message.text });
    for (const client of room.clients) client.send(text);
  });
});

server.listen(Number(process.env.PORT), '0.0.0.0');
