import { type Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FieldInfo, FileInfo } from 'busboy';
import { HttpError } from '../errors/http-error.js';
import { bodyTooLarge } from './body-errors.js';
import type { BodyLimits } from './body-limits.js';
import type { MultipartForm } from './body-parser.js';
import { FileWrite } from './file-write.js';
import { cleanFilename, randomFilename } from './filename.js';
import { MultipartFrame } from './multipart-frame.js';
import { UploadedFile, type UploadedFiles } from './uploaded-file.js';

/** Busboy's errors have no codes. */
const BUSBOY_ERRORS = new Map([
  ['Malformed part header', 'a part has malformed headers'],
  ['Unexpected end of form', 'the form ends before its closing boundary'],
  ['Unexpected end of file', 'the form ends in the middle of a file'],
]);

// On top of the bytes of fields and files: what part headers and boundary lines may take on average, and the chunks
// in which a file begins, which count as outside of it.
const OVERHEAD_BYTES_PER_PART = 1024;
const OVERHEAD_BYTES_PER_FILE = 128 * 1024;

/** One multipart body being read by a busboy. The first failure counts; what busboy reports after it is passed over. */
export class MultipartRead {
  /** Of the whole body. */
  readonly maxBytes: number;
  readonly #maxBytesOutsideFiles: number;
  /** In order of arrival, which is not the order in which files are complete. */
  readonly #entries: { name: string; value: string | PendingFile }[] = [];
  readonly #frame: MultipartFrame;
  #parts = 0;
  #fieldBytes = 0;
  #openFiles = 0;
  #bytesOutsideFiles = 0;
  #failed = false;
  #failure: unknown;
  #breakOff: (reason: Error) => void = ignore;
  /** Rejects when the reading has failed. */
  readonly #brokenOff = new Promise<never>((_, reject) => {
    this.#breakOff = reject;
  });

  constructor(
    private readonly parser: Writable,
    boundary: string,
    private readonly limits: BodyLimits,
    private readonly uploads: UploadedFiles,
  ) {
    this.#frame = new MultipartFrame(boundary);
    this.#maxBytesOutsideFiles =
      limits.maxBodyBytes + limits.maxFormParts * OVERHEAD_BYTES_PER_PART + limits.maxFiles * OVERHEAD_BYTES_PER_FILE;
    this.maxBytes = this.#maxBytesOutsideFiles + limits.maxFiles * limits.maxFileBytes;
    const { maxFormFields, maxFormParts, maxFiles } = limits;
    this.#brokenOff.catch(ignore); // whoever reads is told; nobody else need be
    // The pipeline reports it; but busboy may find more faults when its pipeline has ended.
    parser.on('error', ignore);
    parser.on('file', this.#onFile);
    parser.on('field', this.#onField);
    parser.on('fieldsLimit', () => this.#fail(HttpError.of('TOO_MANY_PARTS', `at most ${maxFormFields} fields`)));
    parser.on('filesLimit', () => this.#fail(HttpError.of('TOO_MANY_PARTS', `at most ${maxFiles} files`)));
    parser.on('partsLimit', () => this.#fail(HttpError.of('TOO_MANY_PARTS', `at most ${maxFormParts} parts`)));
  }

  async read(body: Readable): Promise<MultipartForm> {
    const { multipartTimeoutMs } = this.limits;
    // A parser that waits for what never comes must not wait for ever (expressjs/multer#1411).
    const deadline = setTimeout(() => {
      this.#fail(HttpError.of('REQUEST_TIMEOUT', `the form did not arrive within ${multipartTimeoutMs} ms`));
    }, multipartTimeoutMs);
    try {
      const form = new Transform({
        transform: (chunk: Buffer, _encoding, done) => done(null, this.#take(chunk)),
        flush: (done) => this.#end(done),
      });
      const piping = pipeline(body, form, this.parser);
      piping.catch(ignore);
      // Node 22's pipeline never settles where the parser is destroyed after the body has ended.
      await Promise.race([piping, this.#brokenOff]);
      await Promise.all(this.#files().map((file) => file.write.finished));
      if (this.#failed) throw this.#failure;
      if (this.#frame.count !== this.#parts + 1) throw malformedMultipart('a part has no proper headers');
      return await this.#form();
    } catch (error) {
      this.#fail(error);
      await this.#discardFiles();
      throw this.#failure;
    } finally {
      clearTimeout(deadline);
    }
  }

  /** What busboy is to see of a chunk. */
  #take(chunk: Buffer): Buffer {
    if (this.#openFiles === 0) this.#bytesOutsideFiles += chunk.length;
    // Text before the first part, headers, fields, parts that busboy skips: none of it may go on for ever.
    if (this.#bytesOutsideFiles > this.#maxBytesOutsideFiles) this.#fail(bodyTooLarge(this.limits.maxBodyBytes));
    const form = this.#frame.push(chunk);
    if (this.#frame.mistake !== undefined) this.#fail(malformedMultipart(this.#frame.mistake));
    return form;
  }

  /** Busboy is told of the end of whole forms only: a file that it takes for unfinished it would wait for. */
  #end(done: (error?: Error) => void): void {
    this.#frame.end();
    if (this.#frame.mistake === undefined) return done();
    const error = malformedMultipart(this.#frame.mistake);
    this.#fail(error);
    done(error);
  }

  readonly #onField = (name: string | undefined, value: string, info: FieldInfo): void => {
    if (this.#failed) return;
    this.#parts += 1;
    if (!this.#isName(name)) return;
    this.#fieldBytes += Buffer.byteLength(value);
    if (info.valueTruncated || this.#fieldBytes > this.limits.maxBodyBytes) {
      return this.#fail(bodyTooLarge(this.limits.maxBodyBytes));
    }
    this.#entries.push({ name, value });
  };

  readonly #onFile = (name: string | undefined, source: Readable, info: FileInfo): void => {
    // Busboy destroys it with an error when the form breaks off; the pipeline reports the same one.
    source.on('error', ignore);
    if (this.#failed || !this.#isName(name)) {
      source.resume();
      return;
    }
    this.#parts += 1;
    this.#openFiles += 1;
    source.once('close', () => {
      this.#openFiles -= 1;
    });
    source.once('limit', () => {
      this.#fail(HttpError.of('FILE_TOO_LARGE', `a file has at most ${this.limits.maxFileBytes} bytes`));
    });
    const originalFilename = cleanFilename(info.filename);
    const newFilename = randomFilename(originalFilename);
    const write = new FileWrite(source, this.limits.temporaryFolder, newFilename);
    write.finished.catch((error: unknown) => this.#fail(error));
    // Busboy gives no file name for filename="": together with no bytes it is a file input that was left empty.
    const mayBeNoFile = info.filename === undefined;
    this.#entries.push({
      name,
      value: { write, originalFilename, newFilename, mimetype: info.mimeType, mayBeNoFile },
    });
    this.uploads.add(write);
  };

  #isName(name: string | undefined): name is string {
    const { maxFieldNameBytes } = this.limits;
    if (name === undefined || name === '') this.#fail(malformedMultipart('a part has no name'));
    else if (Buffer.byteLength(name) > maxFieldNameBytes) {
      this.#fail(HttpError.of('BODY_TOO_LARGE', `a field name has at most ${maxFieldNameBytes} bytes`));
    }
    return !this.#failed;
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    const detail = error instanceof Error ? BUSBOY_ERRORS.get(error.message) : undefined;
    this.#failure = detail === undefined ? error : malformedMultipart(detail);
    void this.#discardFiles(); // It never rejects, and is waited for where the rejection is made.
    // This ends the pipeline, which stops the body and leaves the request to the server. Not at once: busboy does not
    // stand being destroyed by a listener of its events (it goes on to use the file that it has just let go of).
    const reason = error instanceof Error ? error : new Error('multipart', { cause: error });
    process.nextTick(() => {
      this.parser.destroy(reason);
      this.#breakOff(reason);
    });
  }

  #files(): PendingFile[] {
    const files: PendingFile[] = [];
    for (const { value } of this.#entries) if (typeof value !== 'string') files.push(value);
    return files;
  }

  #discardFiles(): Promise<unknown> {
    return Promise.allSettled(this.#files().map((file) => file.write.discard()));
  }

  async #form(): Promise<MultipartForm> {
    const form: MultipartForm = {};
    Reflect.setPrototypeOf(form, null); // As Object.create(null), which has no type.
    const noFiles: FileWrite[] = [];
    for (const { name, value } of this.#entries) {
      if (typeof value === 'string') append(form, name, value);
      else if (value.mayBeNoFile && value.write.size === 0 && this.limits.keepEmptyFiles !== true)
        noFiles.push(value.write);
      else append(form, name, this.#takeOver(value));
    }
    await Promise.all(noFiles.map((write) => write.discard()));
    for (const write of noFiles) this.uploads.remove(write);
    return form;
  }

  #takeOver(pending: PendingFile): UploadedFile {
    const { write, originalFilename, newFilename, mimetype } = pending;
    const { size, filepath } = write;
    const file = new UploadedFile({ size, filepath, originalFilename, newFilename, mimetype });
    this.uploads.add(file);
    this.uploads.remove(write);
    return file;
  }
}

interface PendingFile {
  readonly write: FileWrite;
  readonly originalFilename: string | null;
  readonly newFilename: string;
  readonly mimetype: string;
  readonly mayBeNoFile: boolean;
}

function append(form: MultipartForm, name: string, value: string | UploadedFile): void {
  const present = form[name];
  if (present === undefined) form[name] = value;
  else if (Array.isArray(present)) present.push(value);
  else form[name] = [present, value];
}

/** 400 */
export function malformedMultipart(detail: string): HttpError {
  return HttpError.of('MALFORMED_MULTIPART', detail);
}

function ignore(): void {}
