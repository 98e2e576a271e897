import { createReadStream } from 'node:fs';
import { copyFile, readFile, rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** What is known of a file when it has been written. */
export interface UploadedFileInit {
  size: number;
  filepath: string;
  originalFilename: string | null;
  newFilename: string;
  mimetype: string | null;
}

/**
 * A file of a multipart body, in the temporary folder. It is deleted when the response has ended, unless it has been
 * moved. Its members are those of formidable's files, so that plain functions find what they expect.
 *
 * @example
 * const { avatar } = event; // @IsInstance(UploadedFile) avatar!: UploadedFile
 * await avatar.moveTo(`/mnt/avatars/${userId}`);
 */
export class UploadedFile {
  /** In bytes. */
  readonly size: number;
  /** Where it is now: in the temporary folder, or where it was moved to. */
  filepath: string;
  /**
   * The name that the client gave it, without folders and control characters; null when it gave none. It is data from
   * outside: two files may have the same, and it may be a name that means something to a shell or a system.
   */
  readonly originalFilename: string | null;
  /** Its random name in the temporary folder, with the extension of the original name where that is a plain one. */
  readonly newFilename: string;
  /** As the client says, unchecked. */
  readonly mimetype: string | null;
  /** When its last byte was written. */
  readonly mtime: Date = new Date();
  /** No hash is calculated. */
  readonly hashAlgorithm = false;
  readonly hash?: string | null;
  #moving: Promise<void> | undefined;
  #moved = false;

  constructor(init: UploadedFileInit) {
    this.size = init.size;
    this.filepath = init.filepath;
    this.originalFilename = init.originalFilename;
    this.newFilename = init.newFilename;
    this.mimetype = init.mimetype;
  }

  /** The content as a stream, from the start; as often as wanted. */
  stream(): Readable {
    return createReadStream(this.filepath);
  }

  /** The whole content. For large files `stream()` needs less memory. */
  bytes(): Promise<Buffer> {
    return readFile(this.filepath);
  }

  /**
   * Moves the file, also to another disk; a file that is there is replaced. Folders are not created. From then on the
   * file is the caller's: it is no longer deleted.
   */
  moveTo(path: string): Promise<void> {
    const moving = this.#move(path);
    this.#moving = moving;
    return moving;
  }

  /** Deletes the file unless it was moved. The server does this when the response has ended; earlier is possible. */
  async discard(): Promise<void> {
    // A move that nobody waited for counts: it ends first, well or not, and its caller is told.
    await Promise.allSettled([this.#moving]);
    if (!this.#moved) await rm(this.filepath, { force: true });
  }

  /** For logs and answers. */
  toJSON() {
    const { size, filepath, newFilename, mimetype, mtime, originalFilename } = this;
    return { size, filepath, newFilename, mimetype, mtime, originalFilename, length: size };
  }

  toString(): string {
    return `UploadedFile: ${this.newFilename}, Original: ${this.originalFilename ?? ''}, Path: ${this.filepath}`;
  }

  async #move(path: string): Promise<void> {
    const from = this.filepath;
    try {
      await rename(from, path);
    } catch (error) {
      if (!isCrossDevice(error)) throw error;
      await copyFile(from, path);
      await rm(from, { force: true });
    }
    this.filepath = path;
    this.#moved = true;
  }
}

/** Something on the disk that goes when the request has ended: a file, complete or still being written. */
export interface Discardable {
  discard(): Promise<void>;
}

/** The files of one request. The server discards them when the response has ended, however it ended. */
export class UploadedFiles {
  readonly #files = new Set<Discardable>();
  #discarding: Promise<void> | undefined;

  /** A file that arrives after the end of the request is discarded at once. */
  add(file: Discardable): void {
    if (this.#discarding === undefined) this.#files.add(file);
    else this.#discarding = Promise.allSettled([this.#discarding, file.discard()]).then(nothing);
  }

  /** For a file that someone else has taken over. */
  remove(file: Discardable): void {
    this.#files.delete(file);
  }

  /**
   * Deletes what was not moved, and stops what is still being written. Any further call waits for the same. Files that
   * are gone already are no error; where one cannot be deleted the others are, and then this rejects.
   */
  discard(): Promise<void> {
    this.#discarding ??= this.#discardAll();
    return this.#discarding;
  }

  async #discardAll(): Promise<void> {
    if (this.#files.size === 0) return;
    const results = await Promise.allSettled(Array.from(this.#files, (file) => file.discard()));
    this.#files.clear();
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}

function isCrossDevice(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EXDEV';
}

function nothing(): void {}
