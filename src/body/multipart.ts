import { openBodyStream } from './body-stream.js';
import type { BodyParser } from './body-parser.js';
import { MultipartRead, malformedMultipart } from './multipart-read.js';

// Loaded by the first upload: most functions never see one.
let busboyModule: Promise<{ default: typeof import('busboy') }> | undefined;

/**
 * `multipart/form-data` (RFC 7578), by busboy. Files are streamed to the temporary folder. When anything fails, all
 * files written so far are deleted before the rejection.
 */
export const multipart: BodyParser = {
  accepts: (type) => type?.essence === 'multipart/form-data',
  async read(request, limits, type, uploads) {
    const boundary = checkBoundary(type?.boundary);
    busboyModule ??= import('busboy');
    const { default: busboy } = await busboyModule;
    const parser = busboy({
      // Written anew, so that busboy and the rest of this room see the same boundary.
      headers: { 'content-type': `multipart/form-data; boundary="${boundary}"` },
      // Browsers send names as UTF-8 (https://html.spec.whatwg.org/#multipart-form-data); busboy's default is latin1.
      defParamCharset: 'utf8',
      preservePath: true,
      limits: {
        // Busboy reports a limit when it is reached: one more is what is too much. Fields and files it reports when
        // they are exceeded.
        fieldSize: limits.maxBodyBytes + 1,
        fileSize: limits.maxFileBytes + 1,
        parts: limits.maxFormParts + 1,
        fields: limits.maxFormFields,
        files: limits.maxFiles,
      },
    });
    const form = new MultipartRead(parser, boundary, limits, uploads);
    return { kind: 'multipart', value: await form.read(openBodyStream(request, form.maxBytes)) };
  },
};

/**
 * At most 70 characters (RFC 2046, section 5.1.1): the search for a boundary of thousands could be made to take
 * seconds. Of printable ASCII all are taken that need no escape, though the RFC allows fewer.
 */
function checkBoundary(boundary: string | undefined): string {
  if (boundary === undefined || boundary === '') throw malformedMultipart('the Content-Type has no boundary');
  if (!/^[ !#-[\]-~]{1,70}$/.test(boundary)) throw malformedMultipart('the boundary is not one of RFC 2046');
  return boundary;
}
