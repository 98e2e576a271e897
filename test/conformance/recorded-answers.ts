import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from './answer.js';
import { CONFORMANCE } from './fixture-server.js';

const FILE = join(CONFORMANCE, 'peer-answers.json');

/** What the peer answered when its answers were last recorded; a test with the peer installed holds it to be so still. */
export function recordedAnswers(): ReadonlyMap<string, Answer> {
  if (!existsSync(FILE)) return new Map();
  return new Map(Object.entries(JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, Answer>));
}

export function recordAnswers(answers: ReadonlyMap<string, Answer>): void {
  writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(answers), null, 2)}\n`);
}
