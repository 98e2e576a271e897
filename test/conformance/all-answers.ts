import type { Answer } from './answer.js';
import { answersOf } from './answers-of.js';
import { FixtureFolders } from './fixture-folders.js';
import type { Kind } from './fixture-server.js';
import type { Half } from './recorded-answers.js';
import { STAGES } from './stages.js';
import { startAnswer } from './start-answer.js';
import { STARTS } from './start-rows.js';

/** How many processes are started at a time. */
const AT_ONCE = 3;

/** The names of all rows, in order. */
export const ROWS: Readonly<Record<Half, readonly string[]>> = {
  requests: STAGES.flatMap(({ rows }) => rows.map(({ name }) => name)),
  starts: STARTS.map(({ name }) => name),
};

/** Asks one of the two everything in a half of the table. */
export async function allAnswers(kind: Kind, half: Half): Promise<ReadonlyMap<string, Answer>> {
  const found = half === 'requests' ? await requestAnswers(kind) : await startAnswers(kind);
  return new Map(ROWS[half].map((name) => [name, found.get(name) ?? {}]));
}

async function requestAnswers(kind: Kind): Promise<Map<string, Answer>> {
  const folders = new FixtureFolders();
  const found = new Map<string, Answer>();
  try {
    await each(STAGES, async (stage) => {
      const folder = folders.byName.get(stage.folder);
      if (folder === undefined) throw new Error(`there is no folder ${stage.folder}`);
      for (const [name, answer] of await answersOf(kind, stage, folder)) found.set(name, answer);
    });
  } finally {
    folders.remove();
  }
  return found;
}

async function startAnswers(kind: Kind): Promise<Map<string, Answer>> {
  const found = new Map<string, Answer>();
  await each(STARTS, async (row) => void found.set(row.name, await startAnswer(kind, row)));
  return found;
}

/** Some at a time. When one fails the others have ended before it is told. */
async function each<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  const queue = items.values();
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (const item of queue) await act(item);
  });
  const failed = (await Promise.allSettled(workers)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
