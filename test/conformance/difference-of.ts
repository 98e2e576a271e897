import type { Answer } from './answer.js';

/** What stands for a field that an answer has not. */
export const ABSENT = '(absent)';

/** The fields in which an answer is another one than the peer's, as they are in it. */
export function differenceOf(peer: Answer, own: Answer): Record<string, string> {
  const fields = [...new Set([...Object.keys(peer), ...Object.keys(own)])];
  const different = fields.filter((field) => peer[field] !== own[field]);
  // The length follows from the body.
  const told = different.filter((field) => field !== 'header content-length' || !different.includes('body'));
  return Object.fromEntries(told.map((field) => [field, own[field] ?? ABSENT]));
}
