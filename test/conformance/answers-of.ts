import type { Answer } from './answer.js';
import { askHttp } from './ask-http.js';
import { askSocket } from './ask-socket.js';
import { FixtureServer, type Kind } from './fixture-server.js';
import type { Row, Stage } from './row.js';

/** Of the peer where it never ends; less than its first heartbeat takes, which is after 3 s. */
const HANGING_MS = 2000;

/** However slow the machine is. */
const ENDING_MS = 60_000;

/** Starts a server for the stage, asks it every row and stops it. @param folder the functions. */
export async function answersOf(kind: Kind, stage: Stage, folder: string): Promise<Map<string, Answer>> {
  const server = await FixtureServer.start(kind, folder, stage.env);
  try {
    const answers = new Map<string, Answer>();
    const hanging = stage.rows.filter((row) => row.hangs === true).map((row) => askInto(answers, server, row));
    for (const row of stage.rows) if (row.hangs !== true && !stops(row)) await askInto(answers, server, row);
    await Promise.all(hanging);
    for (const row of stage.rows) if (stops(row)) await askInto(answers, server, row);
    return answers;
  } finally {
    await server.stop();
  }
}

async function askInto(answers: Map<string, Answer>, server: FixtureServer, row: Row): Promise<void> {
  const patienceMs = server.kind === 'peer' && row.hangs === true ? HANGING_MS : ENDING_MS;
  answers.set(
    row.name,
    await ('socket' in row ? askSocket(server, row, patienceMs) : askHttp(server.port, row, patienceMs)),
  );
}

function stops(row: Row): boolean {
  return 'socket' in row && row.socket.finally === 'stop the server';
}
