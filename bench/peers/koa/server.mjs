// Koa with its organisation's router, body parser and multer; Ajv by hand, as Koa has no validation.
import { PassThrough, Readable } from 'node:stream';
import { bodyParser } from '@koa/bodyparser';
import multer from '@koa/multer';
import Router from '@koa/router';
import Koa from 'koa';
import { isOrder, isPath, isQuery, isSay, problems } from '../ajv.mjs';
import { receipt } from '../receipt.mjs';

const app = new Koa();
const router = new Router();
const json = bodyParser();
const form = multer();

const refuse = (ctx, check) => {
  ctx.status = 400;
  ctx.body = { errors: problems(check) };
};

router.get('/hello', (ctx) => {
  ctx.body = { hello: 'world' };
});

router.get('/orders/:id/lines', (ctx) => {
  const path = { ...ctx.params };
  const query = { ...ctx.query };
  if (!isPath(path)) return refuse(ctx, isPath);
  if (!isQuery(query)) return refuse(ctx, isQuery);
  ctx.body = { ...path, ...query };
});

router.post('/orders', json, (ctx) => {
  if (!isOrder(ctx.request.body)) return refuse(ctx, isOrder);
  ctx.status = 201;
  ctx.body = receipt(ctx.request.body);
});

router.post('/uploads', form.single('file'), (ctx) => {
  const { size, originalname } = ctx.file;
  ctx.status = 201;
  ctx.body = { size, filename: originalname, note: ctx.request.body.note };
});

router.get('/sse/count', (ctx) => {
  ctx.type = 'text/event-stream';
  ctx.set('Cache-Control', 'no-cache');
  ctx.body = Readable.from(events(Number(ctx.query.count)));
});
async function* events(count) {
  for (let index = 0; index < count; index++) {
    yield `id: ${index}\ndata: ${JSON.stringify({ index, text: 'token' })}\n\n`;
  }
}

const listeners = new Set();
router.get('/sse/room', (ctx) => {
  const stream = new PassThrough();
  listeners.add(stream);
  ctx.req.on('close', () => listeners.delete(stream));
  ctx.type = 'text/event-stream';
  ctx.set('Cache-Control', 'no-cache');
  ctx.body = stream;
  ctx.flushHeaders();
});
router.post('/sse/room', json, (ctx) => {
  if (!isSay(ctx.request.body)) return refuse(ctx, isSay);
  const text = `data: ${JSON.stringify({ text: ctx.request.body.text })}\n\n`;
  for (const listener of listeners) listener.write(text);
  ctx.body = '';
  ctx.status = 202;
});

app.use(router.routes());
app.listen(Number(process.env.PORT), '0.0.0.0');
