import type { Answer } from './answer.js';
import { answersOf } from './answers-of.js';
import type { Kind } from './fixture-server.js';
import { STAGES } from './stages.js';
import { startAnswer } from './start-answer.js';
import { STARTS } from './start-rows.js';

/** How many processes are started at a time. */
const AT_ONCE = 3;

/** The names of all rows, in order. */
export const ROWS: readonly string[] = [...STAGES.flatMap(({ rows }) => rows), ...STARTS].map(({ name }) => name);

/** Asks one of the two everything. */
export async function allAnswers(kind: Kind, folders: ReadonlyMap<string, string>): Promise<Map<string, Answer>> {
  const found = new Map<string, Answer>();
  const tasks = [
    ...STAGES.map((stage) => async () => {
      const folder = folders.get(stage.folder);
      if (folder === undefined) throw new Error(`there is no folder ${stage.folder}`);
      for (const [name, answer] of await answersOf(kind, stage, folder)) found.set(name, answer);
    }),
    ...STARTS.map((row) => async () => void found.set(row.name, await startAnswer(kind, row))),
  ];
  const queue = tasks.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const task of queue) await task();
    }),
  );
  return new Map(ROWS.map((name) => [name, found.get(name) ?? {}]));
}
