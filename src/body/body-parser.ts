import type { IncomingMessage } from 'node:http';
import type { BodyLimits } from './body-limits.js';
import type { ContentType } from './content-type.js';
import type { UploadedFile, UploadedFiles } from './uploaded-file.js';

/** An urlencoded form: flat, without inherited names, so that a field may be called `__proto__` or `constructor`. */
export type FormFields = Record<string, string | string[]>;

/**
 * A multipart form: flat, without inherited names. A repeated name is an array in order of arrival; a field and a
 * file of the same name stand in one array.
 */
export type MultipartForm = Record<string, string | UploadedFile | (string | UploadedFile)[]>;

/** A body by its content type. */
export type ParsedBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'form'; readonly value: FormFields }
  | { readonly kind: 'multipart'; readonly value: MultipartForm }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Buffer };

/** What a request without a body, or with one of no bytes where that is allowed, parses to. */
export const NO_BODY: ParsedBody = Object.freeze({ kind: 'none' });

/** One way to read a body. The list of them is in read-body.ts; the first that accepts the content type is taken. */
export interface BodyParser {
  /** `type` is undefined when the request has no Content-Type. */
  accepts(type: ContentType | undefined): boolean;
  /** Reads the whole body, at once where it has come already. Throws or rejects with an `HttpError`. */
  read(
    request: IncomingMessage,
    limits: BodyLimits,
    type: ContentType | undefined,
    uploads: UploadedFiles,
  ): ParsedBody | Promise<ParsedBody>;
}
