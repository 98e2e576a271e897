import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { injectable, type UploadedFile } from 'yunction';

export interface Upload {
  id: string;
  name: string;
  bytes: number;
  note: string;
}

/** So many files are kept; then the oldest makes room. */
const KEPT = 20;

/** Uploads on disk, for as long as the process runs. */
@injectable()
export class UploadShelf {
  readonly #folder = join(tmpdir(), `ordering-desk-${randomUUID()}`);
  readonly #uploads = new Map<string, Upload>();

  async add(file: UploadedFile, note: string): Promise<Upload> {
    const id = randomUUID();
    const name = file.originalFilename ?? 'unnamed';
    await mkdir(this.#folder, { recursive: true });
    // A file that is not moved is deleted when the response has ended. The client's name for it is only remembered: as
    // a path it could lead anywhere.
    await file.moveTo(this.pathOf(id));
    const upload: Upload = { id, name, bytes: file.size, note };
    this.#uploads.set(id, upload);
    await this.#makeRoom();
    return upload;
  }

  list(): Upload[] {
    return [...this.#uploads.values()];
  }

  get(id: string): Upload | undefined {
    return this.#uploads.get(id);
  }

  /**
   * Where an upload's bytes are. `.bin` is sent as plain bytes, whatever they are: by an ending of its own, somebody's
   * HTML would run as a page of this site.
   */
  pathOf(id: string): string {
    return join(this.#folder, `${id}.bin`);
  }

  /** Called by the framework when the application closes. */
  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #makeRoom(): Promise<void> {
    const [oldest] = this.#uploads.keys(); // a Map keeps the order of arrival
    if (oldest === undefined || this.#uploads.size <= KEPT) return;
    this.#uploads.delete(oldest);
    await rm(this.pathOf(oldest), { force: true });
  }
}
