import { readFile } from 'node:fs/promises';
import type { File, TcbEventFunction } from '@cloudbase/functions-typings';

// Content-Type: multipart/form-data
type FormEvent = { str: string; file: File };

export const main: TcbEventFunction<FormEvent, Promise<object>> = async function (event) {
  const { originalFilename, mimetype, size, filepath } = event.file;
  return { str: event.str, originalFilename, mimetype, size, content: await readFile(filepath, 'utf8') };
};
