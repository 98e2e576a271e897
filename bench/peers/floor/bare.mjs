// Less than the floor: node:http alone, taken in the cheapest way, with one route.
const { createServer } = process.getBuiltinModule('node:http');

createServer((request, response) => {
  if (request.url !== '/hello') return response.writeHead(404).end();
  const body = JSON.stringify({ hello: 'world' });
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}).listen(Number(process.env.PORT), '0.0.0.0');
