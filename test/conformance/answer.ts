import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * What a server did with one request, as texts that can be compared: `status`, `body`, `end`, `header …` for each header
 * that matters, and of sockets `messages` and `close`. What is another one each time (ids, ports, stacks) is replaced.
 */
export type Answer = Readonly<Record<string, string>>;

/** Headers of the connection and the moment, not of the answer. */
const NOT_COMPARED = new Set([
  'connection',
  'date',
  'keep-alive',
  'sec-websocket-accept',
  'transfer-encoding',
  'upgrade',
]);

const UUID = /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g;
const LONGEST = 1000;
const DATE = /\b\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/g;
const WEAK_ETAG = /W\/"[^"]+"/g;
const ADDRESS = /\b127\.0\.0\.1:\d+/g;

/** A response of HTTP; `end` is how it ended: `whole`, `cut`, `left` by the client that had seen enough, or `open`. */
export function httpAnswer(status: number, headers: IncomingHttpHeaders, body: Buffer, end: string): Answer {
  const text = bodyText(body);
  const shown = withoutStack(text);
  const fields: Record<string, string> = { status: String(status), end };
  for (const [name, value] of Object.entries(headers)) {
    // The length of a stack says where the files lie.
    if (NOT_COMPARED.has(name) || (name === 'content-length' && shown !== text)) continue;
    fields[`header ${name}`] = normal(Array.isArray(value) ? value.join(' | ') : (value ?? ''));
  }
  return { ...fields, body: normal(shown) };
}

/** Ids, addresses and dates give way to placeholders, and of a long text its beginning, length and hash are left. */
export function normal(text: string): string {
  const same = text
    .replaceAll(UUID, '<uuid>')
    .replaceAll(ADDRESS, '<host>')
    .replaceAll(DATE, '<date>')
    .replaceAll(WEAK_ETAG, 'W/<etag>');
  if (same.length <= LONGEST) return same;
  const hash = createHash('sha256').update(same).digest('hex').slice(0, 16);
  return `${same.slice(0, 60)}… ${same.length} characters, sha256 ${hash}…`;
}

function bodyText(body: Buffer): string {
  return isUtf8(body) ? body.toString('utf8') : `base64:${body.toString('base64')}`;
}

/** The stack of an error body is compared by its first line: below it are the files of each server. */
function withoutStack(text: string): string {
  if (!text.includes('"stack"')) return text;
  try {
    const { stack, ...rest } = JSON.parse(text) as { stack?: string };
    if (typeof stack !== 'string') return text;
    return JSON.stringify({ ...rest, stack: `${stack.split('\n', 1)[0]} …` });
  } catch {
    return text; // no JSON after all: compared as it is
  }
}
