// Express 5 with its own body parser and multer; Ajv by hand, as Express has no validation.
import { once } from 'node:events';
import express from 'express';
import multer from 'multer';
import { isOrder, isPath, isQuery, isSay, problems } from '../ajv.mjs';
import { receipt } from '../receipt.mjs';

const app = express();
const json = express.json();
const form = multer();
const refuse = (response, check) => response.status(400).json({ errors: problems(check) });

app.get('/hello', (_request, response) => {
  response.json({ hello: 'world' });
});

app.get('/orders/:id/lines', (request, response) => {
  const path = { ...request.params };
  const query = { ...request.query };
  if (!isPath(path)) return refuse(response, isPath);
  if (!isQuery(query)) return refuse(response, isQuery);
  response.json({ ...path, ...query });
});

app.post('/orders', json, (request, response) => {
  if (!isOrder(request.body)) return refuse(response, isOrder);
  response.status(201).json(receipt(request.body));
});

app.post('/uploads', form.single('file'), (request, response) => {
  const { size, originalname } = request.file;
  response.status(201).json({ size, filename: originalname, note: request.body.note });
});

const STREAM = { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-cache' };

app.get('/sse/count', async (request, response) => {
  response.writeHead(200, STREAM);
  for (let index = 0; index < Number(request.query.count); index++) {
    const data = JSON.stringify({ index, text: 'token' });
    if (!response.write(`id: ${index}\ndata: ${data}\n\n`)) await once(response, 'drain');
  }
  response.end();
});

const listeners = new Set();
app.get('/sse/room', (_request, response) => {
  response.writeHead(200, STREAM);
  response.flushHeaders();
  listeners.add(response);
  response.on('close', () => listeners.delete(response));
});
app.post('/sse/room', json, (request, response) => {
  if (!isSay(request.body)) return refuse(response, isSay);
  const text = `data: ${JSON.stringify({ text: request.body.text })}\n\n`;
  for (const listener of listeners) listener.write(text);
  response.sendStatus(202);
});

app.listen(Number(process.env.PORT), '0.0.0.0');
