/**
 * The file name that a client gives, as data: the part after the last `/` or `\` without control characters; null
 * when nothing is left that names a file.
 */
export function cleanFilename(filename: string | undefined): string | null {
  if (filename === undefined) return null;
  const afterFolders = Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1;
  const name = filename.slice(afterFolders).replace(/\p{Cc}/gu, '');
  return name === '' || name === '.' || name === '..' ? null : name;
}

/** A name that nobody can guess, with the extension of `originalFilename` where that is a plain one: `.jpg`. */
export function randomFilename(originalFilename: string | null): string {
  // Loaded by the first upload, as busboy is.
  const { randomUUID } = process.getBuiltinModule('node:crypto');
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(originalFilename ?? '')?.[0] ?? '';
  return `${randomUUID()}${extension.toLowerCase()}`;
}
