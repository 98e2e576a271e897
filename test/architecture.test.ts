// Holds the rules of docs/design.md, section 14. Between rooms type-only imports count like all others; circles are
// looked for among the imports that are left at run time.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { type Import, importsOf, readSource, roomOf, ROOT, sourceFiles } from './imports.js';

/** Rooms by height: a room imports from lower ones and from those beside it, as long as no circle arises. */
const HEIGHTS: readonly (readonly string[])[] = [
  ['index.ts', 'main.ts', 'cli', 'testing'],
  ['start.ts', 'shutdown.ts'],
  ['application.ts'],
  ['exit-with-error.ts', 'start-command.ts', 'resolve-options.ts', 'check-temporary-folder.ts', 'load-env-files.ts'],
  ['options.ts', 'option-definition.ts', 'trusted-proxies-option.ts'],
  ['server', 'decorators', 'functions', 'contract', 'console', 'security'],
  ['routing', 'body', 'events', 'validation', 'context', 'channels', 'platform', 'telemetry'],
  ['errors'],
  ['client'],
];

/** Within the level of the rooms below the server, who may import whom: events read bodies, routes carry middleware. */
const SIDEWAYS: Readonly<Record<string, readonly string[]>> = {
  events: ['body', 'context', 'validation'],
  // A plain function is one more endpoint of the server's.
  functions: ['server'],
  routing: ['context'],
  context: ['channels', 'telemetry'],
};

/** Outside libraries and the one room that knows each. reflect-metadata changes the globals: it is nobody's. */
const LIBRARIES: Readonly<Record<string, string>> = {
  busboy: 'body',
  'class-transformer': 'validation',
  'class-validator': 'validation',
  'content-disposition': 'server',
  cookie: 'context',
  esbuild: 'cli',
  // It reads queries, and forms that are written like queries (body/urlencoded.ts): the one that two rooms know.
  'fast-querystring': 'context',
  'find-my-way': 'routing',
  ioredis: 'channels',
  qs: 'functions',
  pino: 'telemetry',
  'secure-json-parse': 'body',
  jose: 'security',
  'rate-limiter-flexible': 'security',
  tsyringe: 'context',
  ws: 'server',
  yazl: 'cli',
  '@fastify/send': 'server',
  '@opentelemetry/api': 'telemetry',
};

const files = sourceFiles();
const imports = files.flatMap(importsOf);
const inside = imports.filter(({ to }) => to.endsWith('.ts'));

function heightOf(room: string): number {
  const height = HEIGHTS.findIndex((rooms) => rooms.includes(room));
  assert.notEqual(height, -1, `${room} is no room of docs/design.md, section 14, nor a known file at the top`);
  return height;
}

function shown({ from, to }: Import): string {
  return `${from} → ${to}`;
}

describe('src/', () => {
  it('has only the rooms that docs/design.md names, and no other files at the top', () => {
    const design = readFileSync(join(ROOT, 'docs/design.md'), 'utf8');
    const section = design.slice(design.indexOf('## 14.'));
    for (const room of new Set(files.map(roomOf))) {
      heightOf(room);
      if (!room.endsWith('.ts')) assert.match(section, new RegExp(`(?:^|\\s)${room}/ `, 'm'), room);
    }
  });

  it('is imported one way: from above to below, or to a room beside that is allowed', () => {
    const wrong = inside.filter(({ from, to }) => {
      const [upper, lower] = [roomOf(from), roomOf(to)];
      if (upper === lower || heightOf(upper) < heightOf(lower)) return false;
      return heightOf(upper) > heightOf(lower) || !(upper.endsWith('.ts') || SIDEWAYS[upper]?.includes(lower));
    });
    assert.deepEqual(wrong.map(shown), []);
  });

  it('has no circles among the imports that are left at run time', () => {
    const edges = new Map<string, string[]>();
    for (const { from, to, typeOnly } of inside) if (!typeOnly) edges.set(from, [...(edges.get(from) ?? []), to]);
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]) => {
      assert.ok(!path.includes(file), `circle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`);
      if (done.has(file)) return;
      for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    assert.ok(done.size > 80);
  });

  it('knows each outside library in one room; index.ts only passes their names on', () => {
    const outside = imports.filter(({ to }) => !to.endsWith('.ts') && !to.startsWith('node:'));
    const wrong = outside.filter(({ from, to }) => {
      if (to === 'reflect-metadata' || from === 'index.ts') return false;
      // The published test kit is a client: it opens WebSockets of its own.
      if (to === 'ws' && roomOf(from) === 'testing') return false;
      if (to === 'fast-querystring' && from === 'body/urlencoded.ts') return false;
      // The sample that warms a packed application's code cache is a user's code, written here.
      if (from === 'cli/pack/sample-events.ts') return false;
      return LIBRARIES[to] !== roomOf(from);
    });
    assert.deepEqual(wrong.map(shown), []);
    for (const library of Object.keys(LIBRARIES))
      assert.ok(
        outside.some(({ to }) => to === library),
        library,
      );
  });

  it('is imported by its index.ts and never imports it', () => {
    assert.deepEqual(inside.filter(({ to }) => to === 'index.ts').map(shown), []);
  });

  it('lets the server read what decorators stored and never import them', () => {
    assert.deepEqual(
      inside.filter(({ from, to }) => roomOf(from) === 'server' && roomOf(to) === 'decorators'),
      [],
    );
  });

  it('imports no values of node:http, which cost every start dearly', () => {
    const wrong = imports.filter(({ to, typeOnly }) => /^node:https?$/.test(to) && !typeOnly);
    assert.deepEqual(wrong.map(shown), []);
  });

  it('loads lazily what only some applications need', () => {
    const rare = [
      'busboy',
      'ioredis',
      'qs',
      'ws',
      'class-validator',
      'class-transformer',
      '@fastify/send',
      'content-disposition',
    ];
    // These two are themselves loaded lazily, and name what they use so that a bundler can leave out the rest.
    const gates = ['cli/pack/sample-events.ts', 'validation/class-validator-names.ts'];
    const wrong = imports.filter(
      ({ from, to, typeOnly, lazy }) => rare.includes(to) && !typeOnly && !lazy && !gates.includes(from),
    );
    assert.deepEqual(wrong.map(shown), []);
  });

  it('has files of at most 250 lines, but where the first lines say why', () => {
    const long = files.filter((file) => {
      const text = readSource(file);
      if (text.split('\n').length <= 251) return false;
      return !/Longer than 250 lines because /.test(text.split('\n').slice(0, 30).join('\n'));
    });
    assert.deepEqual(long, []);
  });

  it('names files in kebab-case, and none utils, common, types or helpers', () => {
    for (const file of files) {
      assert.match(file, /^(?:[a-z]+\/)*[a-z][a-z0-9]*(?:-[a-z0-9]+)*\.ts$/);
      assert.doesNotMatch(file, /(?:^|\/)(?:utils|common|types|helpers|misc)\b/);
    }
  });
});
