import { basename, dirname } from 'node:path';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

import { HttpError } from '../errors/http-error.js';
import type { FileBody } from './result.js';

/** A file, looked up for one request. */
export interface PreparedFile {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly stream: Readable;
}

/** A range of the last bytes. */
const LAST_BYTES = /^ *bytes=-(\d+) *$/;

/**
 * Looks a file up for a request: conditional requests (RFC 9110, section 13) and ranges (section 14) are
 * `@fastify/send`'s, loaded when the first file is sent.
 * @param whole `false`: what the request says of conditions and ranges holds; `true`: the file is sent in any case.
 */
export async function prepareFile(
  request: IncomingMessage,
  { path, options }: FileBody,
  whole: boolean,
): Promise<PreparedFile> {
  const { default: send } = await import('@fastify/send');
  const { maxAge = 0, contentType, headers = {}, filename } = options;
  // Handed over as a root and a name within it: what is in front of the name then plays no part in send's path checks.
  // Conditions and ranges are for what GET selects (RFC 9110, sections 13.2.1 and 14.2).
  const selects = !whole && (request.method === 'GET' || request.method === 'HEAD');
  const headersAsked = selects ? { ...request.headers } : {};
  const asked = Object.assign(Object.create(request) as IncomingMessage, { headers: headersAsked });
  // As the file system does it: a lone surrogate, which no URL can hold, is written as U+FFFD.
  const name = Buffer.from(basename(path)).toString();
  const found = await send(asked, encodeURIComponent(name), {
    root: dirname(path),
    dotfiles: 'allow',
    index: false,
    maxAge: maxAge * 1000,
    onFile: (_path, { size }) => {
      // The last 500 bytes of a shorter file are the whole of it (RFC 9110, section 14.1.2); send takes them for none.
      if (size > 0 && Number(LAST_BYTES.exec(headersAsked.range ?? '')?.[1]) > size) headersAsked.range = 'bytes=0-';
    },
  });
  if (found.type === 'error') {
    found.stream.destroy();
    if (found.statusCode === 416)
      throw HttpError.of('RANGE_NOT_SATISFIABLE', undefined, { headers: contentRangeOf(found.headers) });
    if (found.statusCode === 412) throw HttpError.of('PRECONDITION_FAILED');
    // A folder that may not be entered, too many files open: the server's affair.
    if (found.statusCode >= 500) throw new Error(`file() cannot send ${path}`, { cause: found.metadata.error });
    throw HttpError.of('NOT_FOUND', 'there is no such file');
  }
  if (found.type === 'directory') {
    found.stream.destroy();
    throw HttpError.of('NOT_FOUND', 'there is no such file');
  }
  const own: Record<string, string> = { ...found.headers, ...headers };
  // send has no type for an ending it does not know; a 304 describes no body.
  if (contentType !== undefined && found.statusCode !== 304) own['Content-Type'] = contentType;
  const disposition = options.disposition ?? (filename === undefined ? undefined : 'attachment');
  if (disposition !== undefined) {
    const { create } = await import('content-disposition');
    own['Content-Disposition'] = create(filename ?? basename(path), { type: disposition });
  }
  return { status: found.statusCode, headers: own, stream: found.stream };
}

function contentRangeOf(headers: Record<string, string>): Record<string, string> {
  const range = headers['Content-Range'];
  return range === undefined ? {} : { 'Content-Range': range };
}
