import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from './answer.js';
import { CONFORMANCE } from './fixture-server.js';

/** The two halves of the table: requests to servers that run, and starts. Each has a recording and tests of its own. */
export type Half = 'requests' | 'starts';

/** What the peer answered when its answers were last recorded; a test with the peer installed holds it to be so still. */
export function recordedAnswers(half: Half): ReadonlyMap<string, Answer> {
  const file = fileOf(half);
  if (!existsSync(file)) return new Map();
  return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Answer>));
}

export function recordAnswers(half: Half, answers: ReadonlyMap<string, Answer>): void {
  writeFileSync(fileOf(half), `${JSON.stringify(Object.fromEntries(answers), null, 2)}\n`);
}

function fileOf(half: Half): string {
  return join(CONFORMANCE, 'peer-answers', `${half}.json`);
}
