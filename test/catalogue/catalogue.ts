// What the rows of the catalogue of bad inputs and faults share: a server, and what has to hold after each of them.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import type { ApplicationOptions } from '#src/application.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { exchange, head, type RawResponse } from '../integration/http-raw-client.js';
import { type Line, type Served, serve } from '../serve.js';
import { until } from '../until.js';

/** Stands in every hostile body: no line of the log may show it. */
export const SECRET = 'never-in-the-log';

@Controller()
class Good {
  @Http('GET', '/good')
  good(): string {
    return 'good';
  }
}

/** The server of a catalogue, and what a row may ask of it. */
export class Catalogue {
  readonly folder = mkdtempSync(join(tmpdir(), 'yunction-catalogue-'));
  #served: Served | undefined;
  #mark = 0;

  async start(options: ApplicationOptions): Promise<void> {
    this.#served = await serve({
      accessLog: true,
      temporaryFolder: this.folder,
      ...options,
      controllers: [Good, ...(options.controllers ?? [])],
    });
    await this.servesOn();
  }

  async stop(): Promise<void> {
    await this.#served?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get served(): Served {
    assert.ok(this.#served !== undefined, 'start() comes first');
    return this.#served;
  }

  get port(): number {
    return this.served.port;
  }

  /** What was logged since the row began. */
  get lines(): Line[] {
    return this.served.lines.slice(this.#mark);
  }

  beginRow(): void {
    this.#mark = this.served.lines.length;
  }

  /** Sends bytes on a connection of their own. */
  ask(...pieces: readonly (string | Buffer)[]): Promise<RawResponse> {
    return exchange(this.port, ...pieces);
  }

  /**
   * Asks, and holds the answer to a status and a problem's code. Beside it, what every refusal owes: the body is a
   * problem of the shape that is documented, and the log has one line of it, without the body.
   */
  async refuses(bytes: string | Buffer, status: number, code: string): Promise<RawResponse> {
    const before = this.served.lines.length;
    const response = await this.ask(bytes);
    assert.equal(`${response.status} ${codeOf(response)}`, `${status} ${code}`, response.body);
    const written = () => this.served.lines.slice(before);
    await until(() => written().some((line) => line['code'] === code));
    await until(() => this.served.app.requestsInFlight.length === 0);
    // What is for debugging may come beside it, or instead where there was no request yet.
    const said = written().filter(({ level }) => level !== 'debug');
    assert.ok(said.length <= 1, JSON.stringify(said));
    return response;
  }

  /** The next good request is answered; nothing of the row is left; the log does not show what came in. */
  async servesOn(): Promise<void> {
    const response = await this.ask(head('GET /good'));
    assert.deepEqual([response.status, response.body], [200, 'good']);
    const { app } = this.served;
    await until(() => app.requestsInFlight.length === 0);
    await until(() => readdirSync(this.folder).length === 0);
    assert.doesNotMatch(JSON.stringify(this.lines), new RegExp(SECRET));
  }

  /**
   * What every line of a row owes: a level, a message, the id of its request; and of each request there is one record, with
   * the code of its problem. A fault of the server's own has one line more, which says what it was.
   */
  checkLines(): void {
    const records = new Map<unknown, number>();
    for (const line of this.lines) {
      assert.equal(typeof line.msg, 'string', JSON.stringify(line));
      assert.ok(line.msg !== '' && typeof line.level === 'string', JSON.stringify(line));
      if (line.msg !== 'request') continue;
      assert.equal(typeof line['requestId'], 'string', JSON.stringify(line));
      records.set(line['requestId'], (records.get(line['requestId']) ?? 0) + 1);
      if (Number(line['status']) >= 400 && line['aborted'] !== true) {
        assert.equal(typeof line['code'], 'string', JSON.stringify(line));
      }
    }
    assert.deepEqual(
      [...records].filter(([, count]) => count !== 1),
      [],
    );
  }

  /** Lines of the level `error` since the row began, by their messages. */
  get errors(): string[] {
    // The access record of a failed request is one, too, and says nothing of the fault.
    const faults = this.lines.filter(({ level, msg }) => (level === 'error' || level === 'fatal') && msg !== 'request');
    return faults.map(({ msg }) => msg);
  }
}

interface RowOptions {
  /** Whether the row is a fault of the server's own, which its log tells. Default: it logs no error. */
  readonly logsErrors?: boolean;
}

/** Declares the test of a row; what every row owes is asked after it. */
export type Row = (
  number: number,
  title: string,
  test: (server: Catalogue) => void | Promise<void>,
  options?: RowOptions,
) => void;

/** A server for the rows of one `describe`; give what declares them. */
export function catalogue(options: ApplicationOptions): Row {
  const server = new Catalogue();
  before(() => server.start(options));
  after(() => server.stop());
  return (number, title, test, { logsErrors = false } = {}) => {
    it(`row ${number}: ${title}`, async () => {
      server.beginRow();
      const files = openFiles();
      await test(server);
      await server.servesOn();
      server.checkLines();
      await until(() => openFiles() <= files);
      if (!logsErrors) assert.deepEqual(server.errors, []);
    });
  };
}

/** The code of a problem; '' where an answer is none. */
export function codeOf(response: RawResponse): string {
  if (!response.headers.get('content-type')?.[0]?.startsWith('application/problem+json')) return '';
  const problem = JSON.parse(response.body) as Record<string, unknown>;
  assert.equal(problem['status'], response.status);
  assert.equal(typeof problem['requestId'], 'string');
  assert.equal(problem['stack'], undefined);
  return String(problem['code']);
}

/** How many files, sockets included, this process has open. */
export function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Bytes of the heap that are in use when all that can be has been let go. */
export function heapAfterCollection(): number {
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
  const collect = process.getBuiltinModule('node:vm').runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
