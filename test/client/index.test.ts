import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build } from 'esbuild';
import { importsOf, ROOT, sourceFiles } from '../imports.js';

/** What a user writes, with all that is typed. */
const USE = `
import { ClientError, connect, streamEvents, type Connection } from ${JSON.stringify(join(ROOT, 'built/client/index.js'))};
interface Said { said: string }
interface Say { type: 'say'; text: string }
const chat: Connection<Said, Say> = connect<Said, Say>(async () => '/chat', { resume: true, backoff: { minMs: 5 } });
const off: () => void = chat.on('message', ({ said }, { channel }) => { const texts: [string, string | undefined] = [said, channel]; void texts; });
chat.on('close', ({ code, final }) => { const both: [number, boolean] = [code, final]; void both; });
off();
export const heard: Promise<{ heard: string }> = chat.request<{ heard: string }>({ type: 'say', text: 'x' }, { timeoutMs: 5 });
// @ts-expect-error a message of another kind
chat.send({ type: 'shout' });
export async function all(signal: AbortSignal) {
  for await (const { event, data, id } of streamEvents<Said>(new URL('http://x/'), { body: { a: 1 }, signal })) {
    const texts: string[] = [event, data.said, id];
    void texts;
  }
  if (new Error() instanceof ClientError) throw new Error();
}
`;

describe('yunction/client', () => {
  it('is less than 4 KB, minified', async () => {
    const { outputFiles } = await build({
      entryPoints: [join(ROOT, 'built/client/index.js')],
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      platform: 'browser',
      write: false,
    });
    const bytes = outputFiles[0]?.contents.length ?? Number.POSITIVE_INFINITY;
    assert.ok(bytes < 4096, `${bytes} bytes`);
  });

  it('imports nothing from outside its folder', () => {
    const outside = sourceFiles()
      .filter((file) => file.startsWith('client/'))
      .flatMap(importsOf)
      .filter(({ to }) => !to.startsWith('client/'));
    assert.deepEqual(outside, []);
  });

  describe('has types', () => {
    let folder: string;
    before(() => (folder = mkdtempSync(join(tmpdir(), 'yunction-client-'))));
    after(() => rmSync(folder, { recursive: true, force: true }));

    /** What the compiler says of a user's file. */
    function compile(settings: object): Promise<string> {
      const compilerOptions = {
        strict: true,
        target: 'es2022',
        module: 'nodenext',
        noEmit: true,
        skipLibCheck: false,
        exactOptionalPropertyTypes: true,
        typeRoots: [join(ROOT, 'node_modules/@types')],
        ...settings,
      };
      writeFileSync(join(folder, 'use.mts'), USE);
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.mts'] }));
      return new Promise((resolve) => {
        execFile(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder], (_error, stdout) => resolve(stdout));
      });
    }

    it('that hold in a browser’s project', async () => {
      assert.equal(await compile({ lib: ['es2022', 'dom', 'dom.iterable'], types: [] }), '');
    });

    it('that hold in a project for Node', async () => {
      assert.equal(await compile({ lib: ['es2022'], types: ['node'], skipLibCheck: true }), '');
    });
  });
});
