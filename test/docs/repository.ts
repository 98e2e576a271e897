import { fileURLToPath } from 'node:url';

/** The root of the repository: this file runs as test/built/docs/repository.js. */
export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
