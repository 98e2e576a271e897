// What node:http and ws do by themselves with what the fuzzer sends: what the memory of this grows by is noise.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { tellWhatIsHeld } from './tell-what-is-held.js';

tellWhatIsHeld();
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => void chunks.push(chunk));
  request.on('error', () => undefined);
  request.on('end', () => {
    let event: unknown = 'good';
    try {
      if (chunks.length > 0) event = JSON.parse(Buffer.concat(chunks).toString());
    } catch {
      response.statusCode = 400;
    }
    response.end(JSON.stringify(event));
  });
});
const upgrades = new WebSocketServer({ noServer: true, clientTracking: false });
server.on('upgrade', (request, socket, head) => {
  socket.on('error', () => socket.destroy());
  upgrades.handleUpgrade(request, socket, head, (connection) => {
    connection.on('error', () => connection.terminate());
    connection.on('message', (message: Buffer, binary) => connection.send(message, { binary }));
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') {
    process.stdout.write(`ready on http://127.0.0.1:${address.port}\n`);
  }
});
