import { Controller, file, Http, HttpError, Use } from 'yunction';
import { uploadKey } from './api-key.js';
import { AddUpload, FindUpload } from './upload.events.js';
import { UploadShelf } from './upload-shelf.js';

/** Every route of this class, and no other, asks for the key. */
@Use(uploadKey)
@Controller('/uploads')
export class UploadController {
  constructor(private readonly shelf: UploadShelf) {}

  @Http('POST', '/', { status: 201 })
  add({ file: uploaded, note = '' }: AddUpload) {
    return this.shelf.add(uploaded, note);
  }

  @Http('GET', '/')
  list() {
    return this.shelf.list();
  }

  /** `file()` answers ranges (a paused download goes on) and asks for nothing twice (ETag, 304). */
  @Http('GET', '/:id')
  download({ id }: FindUpload) {
    const upload = this.shelf.get(id);
    if (upload === undefined) return HttpError.notFound('there is no such upload');
    return file(this.shelf.pathOf(id), {
      filename: upload.name,
      headers: { 'Cache-Control': 'private, no-cache' }, // not for caches that others use
    });
  }
}
