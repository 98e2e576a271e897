import { type IncomingMessage, request } from 'node:http';
import { type Answer, httpAnswer } from './answer.js';
import type { HttpRow } from './row.js';

/**
 * Sends the request of a row.
 *
 * @param patienceMs so long after it has begun, an answer without an end is what came until then, its end `open`.
 */
export async function askHttp(port: number, row: HttpRow, patienceMs: number): Promise<Answer> {
  if (row.besides === undefined) return askOnce(port, row, patienceMs);
  const { path, status } = row.besides;
  const other = request({ host: '127.0.0.1', port, path, agent: false }).on('error', () => undefined);
  other.end();
  const late = Date.now() + patienceMs;
  try {
    for (;;) {
      const answer = await askOnce(port, row, patienceMs);
      if (answer['status'] === String(status) || Date.now() > late) return answer;
    }
  } finally {
    other.destroy();
  }
}

function askOnce(port: number, row: HttpRow, patienceMs: number): Promise<Answer> {
  const { method = 'GET', path, headers = {}, body, until } = row;
  return new Promise((resolve) => {
    let response: IncomingMessage | undefined;
    const chunks: Buffer[] = [];
    const sent = request({ host: '127.0.0.1', port, method, path, headers: withLength(headers, body), agent: false });
    let timer: NodeJS.Timeout | undefined;

    sent.on('response', (incoming) => {
      response = incoming;
      timer = setTimeout(() => finish('open'), patienceMs);
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (until?.test(Buffer.concat(chunks).toString()) === true) finish('left');
      });
      incoming.on('end', () => finish('whole')).on('error', () => finish('cut'));
    });
    sent.on('error', () => finish('cut'));
    sent.end(body);

    /** The first call counts: destroying causes others. */
    function finish(end: string): void {
      clearTimeout(timer);
      resolve(httpAnswer(response?.statusCode ?? 0, response?.headers ?? {}, Buffer.concat(chunks), end));
      sent.destroy();
    }
  });
}

/** Node's client sends neither a length nor chunks with methods that seldom have a body. */
function withLength(headers: NonNullable<HttpRow['headers']>, body: HttpRow['body']): NonNullable<HttpRow['headers']> {
  if (body === undefined || 'Transfer-Encoding' in headers) return headers;
  return { ...headers, 'Content-Length': String(Buffer.byteLength(body)) };
}
