import { unlink } from 'node:fs/promises';

export async function main({ file, note }) {
  // The framework leaves every upload in the temporary folder; a function that lives on has to delete it.
  await unlink(file.filepath);
  return {
    statusCode: 201,
    headers: { 'Content-Type': 'application/json' },
    body: { size: file.size, filename: file.originalFilename, note },
  };
}
