import type { HttpRow } from '../row.js';

const KINDS = ['error', 'later', 'string', 'null', 'undefined', 'object', 'own'];

/** What becomes of an error; asked where stacks are shown and where they are not. */
export const ERRORS: readonly HttpRow[] = [
  ...KINDS.map((kind) => ({ name: `thrown: ${kind}`, path: `/errors/${kind}` })),
  { name: 'thrown, with an id of the client', path: '/errors/error', headers: { 'X-Request-Id': 'mine-1' } },
];
