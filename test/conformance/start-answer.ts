import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from './answer.js';
import { askHttp } from './ask-http.js';
import { commandOf, freePort, isHealthy, type Kind, plainEnvironment } from './fixture-server.js';
import type { StartRow } from './start-rows.js';

/** Starts a server over the project of a row: `starts`, or the code that the process `ends` with. */
export async function startAnswer(kind: Kind, row: StartRow): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'yunction-conformance-start-'));
  const port = await freePort();
  const project = join(folder, 'project');
  for (const [name, text] of Object.entries({ '.keep': '', ...row.files })) {
    const file = join(project, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const child = spawn(process.execPath, commandOf(kind, row.args), {
    cwd: project,
    env: { ...plainEnvironment(join(folder, 'logs')), PORT: String(port), ...row.env },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  try {
    for (;;) {
      if (child.exitCode !== null) return { starts: 'no', 'exit code': String(child.exitCode) };
      if (await isHealthy(port)) break;
      await wait(20);
    }
    if (row.path === undefined) return { starts: 'yes' };
    return { starts: 'yes', ...(await askHttp(port, { name: row.name, path: row.path }, 30_000)) };
  } finally {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}
