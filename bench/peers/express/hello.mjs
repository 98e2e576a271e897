import express from 'express';

const app = express();
app.get('/hello', (_request, response) => {
  response.json({ hello: 'world' });
});
app.listen(Number(process.env.PORT), '0.0.0.0');
