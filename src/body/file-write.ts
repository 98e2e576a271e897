import type { WriteStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HttpError } from '../errors/http-error.js';

/** A file part on its way to the disk. */
export class FileWrite {
  readonly filepath: string;
  /** Settles when the file is closed: fulfilled when it is complete. Rejects with 507 `NO_SPACE` on a full disk. */
  readonly finished: Promise<void>;
  /** Bytes on the disk. */
  size = 0;
  readonly #source: Readable;
  #target: WriteStream | undefined;
  #discarding: Promise<void> | undefined;

  /**
   * @param source Destroyed when the writing fails.
   * @param folder Created when it is missing.
   * @param filename A name that no file in the folder has.
   */
  constructor(source: Readable, folder: string, filename: string) {
    this.filepath = join(folder, filename);
    this.#source = source;
    this.finished = this.#write(folder);
  }

  /** Stops the writing where it is not at its end, waits until the file is closed, and deletes it. */
  discard(): Promise<void> {
    this.#discarding ??= this.#discard();
    return this.#discarding;
  }

  async #write(folder: string): Promise<void> {
    try {
      const handle = await this.#open(folder);
      if (this.#source.destroyed) {
        // While the file was being opened. A pipeline from an ended and destroyed stream would never settle.
        await handle.close();
        throw new Error('the upload was broken off');
      }
      this.#target = handle.createWriteStream();
      await pipeline(this.#source, this.#target); // Closes the handle, too.
      this.size = this.#target.bytesWritten;
    } catch (error) {
      this.#source.destroy();
      throw storageError(error);
    }
  }

  /** `wx`: never a file, nor a link, that someone else has put there. */
  async #open(folder: string) {
    try {
      return await open(this.filepath, 'wx', 0o600);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return open(this.filepath, 'wx', 0o600);
    }
  }

  async #discard(): Promise<void> {
    this.#source.destroy();
    // While the file is being opened the writing notices by itself. Later the target's own end is waited for: Node 22's
    // pipeline never settles when its source has ended and both are then destroyed.
    if (this.#target === undefined) await Promise.allSettled([this.finished]);
    if (this.#target !== undefined) await closed(this.#target);
    await rm(this.filepath, { force: true });
  }
}

/** Destroys a file's stream and resolves when the file is closed. */
async function closed(target: WriteStream): Promise<void> {
  target.destroy();
  if (!target.closed) await new Promise<void>((resolve) => void target.once('close', resolve));
}

/** A full disk is 507 `NO_SPACE`; any other error stays as it is. */
export function storageError(error: unknown): unknown {
  const code = codeOf(error);
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return HttpError.of('NO_SPACE', 'the disk for uploads is full', { cause: error });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
