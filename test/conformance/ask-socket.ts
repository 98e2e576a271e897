import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { type Answer, httpAnswer, normal } from './answer.js';
import type { FixtureServer } from './fixture-server.js';
import type { SocketRow } from './row.js';

/** Opens the socket of a row and does what the row says; a refusal is an answer of HTTP. */
export function askSocket(server: FixtureServer, row: SocketRow, patienceMs: number): Promise<Answer> {
  const { headers = {}, protocols = [], compress = false, sends = [], messages: wanted = 0, finally: act } = row.socket;
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${row.path}`, [...protocols], {
      headers: { ...headers },
      perMessageDeflate: compress,
    });
    const messages: (string | { binary: string })[] = [];
    let upgrade: Answer = {};
    const timer = setTimeout(() => finish({ close: 'none' }), patienceMs);

    socket.on('upgrade', (response: IncomingMessage) => {
      upgrade = httpAnswer(101, response.headers, Buffer.alloc(0), '');
    });
    socket.on('unexpected-response', (_, response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      const refused = (end: string) => {
        clearTimeout(timer);
        resolve(httpAnswer(response.statusCode ?? 0, response.headers, Buffer.concat(chunks), end));
        response.destroy();
      };
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => refused('whole')).on('error', () => refused('cut'));
    });
    socket.on('open', () => {
      for (const message of sends) socket.send(message);
      if (wanted === 0) goOn();
    });
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      messages.push(isBinary ? { binary: data.toString('latin1') } : data.toString());
      if (messages.length === wanted) goOn();
    });
    socket.on('close', (code: number, reason: Buffer) => finish({ close: `${code} ${reason.toString()}`.trim() }));
    socket.on('error', () => finish({ close: 'refused without an answer' }));

    function goOn(): void {
      if (act === undefined) return;
      if (act === 'leave') finish({});
      else if (act === 'break') finish({ close: 'broken off' });
      else if (act === 'stop the server') server.terminate();
      else socket.close(act.code, act.reason);
    }

    function finish(end: Record<string, string>): void {
      clearTimeout(timer);
      resolve({ ...upgrade, messages: normal(JSON.stringify(messages)), ...end });
      socket.terminate();
    }
  });
}
