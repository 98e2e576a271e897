import { isSay, problems } from '../../../ajv.mjs';

const listeners = new Set();

export function main(event, context) {
  if (context.httpContext.httpMethod === 'GET') {
    const stream = context.sse();
    listeners.add(stream);
    stream.on('close', () => listeners.delete(stream));
    return;
  }
  if (!isSay(event)) return { statusCode: 400, headers: {}, body: { errors: problems(isSay) } };
  for (const listener of listeners) listener.send({ data: { text: event.text } });
  return { statusCode: 202, headers: {}, body: '' };
}
