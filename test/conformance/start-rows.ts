/** A start with mistakes, or with options. */
export interface StartRow {
  readonly name: string;
  /** The project: paths and contents. */
  readonly files: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Asked of a server that has started. */
  readonly path?: string;
}

const MAIN = "exports.main = () => 'main';";
const ONE = { 'one/index.js': MAIN };

function configured(name: string, config: unknown, more: Partial<StartRow> = {}): StartRow {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  return { name, ...more, files: { ...ONE, 'cloudbase-functions.json': text, ...more.files } };
}

const ROUTED = [{ name: 'one', directory: 'one', triggerPath: '/one' }];
const ROOT = { functionsRoot: '.' };

/** What starts, what does not, and how the process ends. */
export const STARTS: readonly StartRow[] = [
  { name: 'start: an empty folder', files: {} },
  { name: 'start: a function without main', files: { 'index.js': 'exports.other = () => 1;' } },
  { name: 'start: a main that is no function', files: { 'index.js': 'exports.main = 5;' } },
  { name: 'start: a syntax error', files: { 'index.js': 'exports.main = (' } },
  { name: 'start: a module that throws', files: { 'index.js': "throw new Error('at load');" } },
  { name: 'start: a missing dependency', files: { 'index.js': "require('not-installed'); exports.main = () => 1;" } },
  {
    name: 'start: an ECMAScript module by package.json',
    files: { 'index.js': "export const main = () => 'module';", 'package.json': '{"type":"module"}' },
    path: '/',
  },
  {
    name: 'start: a file by main of package.json',
    files: { 'lib/entry.mjs': "export const main = () => 'entry';", 'package.json': '{"main":"lib/entry.mjs"}' },
    path: '/',
  },
  {
    name: 'start: another target by the environment',
    files: { 'index.js': "exports.deep = { other: () => 'other' };" },
    env: { FUNCTION_TARGET: 'deep.other' },
    path: '/',
  },
  {
    name: 'start: another target by the command line',
    files: { 'index.js': "exports.other = () => 'other';" },
    args: ['--target=other'],
    path: '/',
  },
  {
    name: 'start: another source by the environment',
    files: { 'lib/other.js': "exports.main = () => 'lib/other';" },
    env: { FUNCTION_SOURCE: 'lib/other.js' },
    path: '/',
  },
  {
    name: 'start: another source by the command line',
    files: { 'lib/other.js': "exports.main = () => 'lib/other';" },
    args: ['--source', 'lib/other.js'],
    path: '/',
  },
  { name: 'start: options that nobody knows', files: { 'index.js': MAIN }, args: ['--who=knows', '-z'], path: '/' },
  {
    name: 'start: the options of the official scf_bootstrap',
    files: { 'index.js': MAIN },
    args: ['--logDirname=/tmp/logs', '--interceptOutput=true', '--extendedContextKey=X-Cloudbase-Context'],
    path: '/',
  },
  { name: 'start: a port that is none', files: { 'index.js': MAIN }, env: { PORT: 'none' } },
  { name: 'start: a dry run', files: { 'index.js': MAIN }, args: ['--dry-run'] },
  { name: 'start: a dry run of a syntax error', files: { 'index.js': 'exports.main = (' }, args: ['--dry-run'] },

  configured('start: functions and a route', { ...ROOT, functions: ROUTED, routes: [] }, { path: '/one' }),
  configured(
    'start: a route twice, once as triggerPath',
    {
      ...ROOT,
      functions: ROUTED,
      routes: [{ path: '/one', functionName: 'one' }],
    },
    { path: '/one' },
  ),
  configured('start: no routes', { ...ROOT, functions: ROUTED }, { path: '/one' }),
  configured('start: no functionsRoot', { functions: ROUTED, routes: [] }, { path: '/one' }),
  configured('start: a configuration that is no JSON', '{ "functionsRoot": ".", // comment\n }'),
  configured('start: a configuration that is a list', '[]'),
  configured(
    'start: a member that nobody knows',
    { ...ROOT, functions: ROUTED, routes: [], more: 1 },
    { path: '/one' },
  ),
  configured('start: a name that is no text', { ...ROOT, functions: [{ name: 5, directory: 'one' }], routes: [] }),
  configured('start: a function without a directory', { ...ROOT, functions: [{ name: 'one' }], routes: [] }),
  configured('start: a route to an unknown function', {
    ...ROOT,
    functions: ROUTED,
    routes: [{ path: '/two', functionName: 'two' }],
  }),
  configured('start: two functions of one name', { ...ROOT, functions: [...ROUTED, ...ROUTED], routes: [] }),
  configured('start: two functions on one route', {
    ...ROOT,
    functions: [...ROUTED, { name: 'two', directory: 'one', triggerPath: '/one' }],
    routes: [],
  }),
  configured('start: two functions on one route, one with a slash', {
    ...ROOT,
    functions: [...ROUTED, { name: 'two', directory: 'one', triggerPath: '/one/' }],
    routes: [],
  }),
  configured('start: a route without a slash at its start', {
    ...ROOT,
    functions: ROUTED,
    routes: [{ path: 'two', functionName: 'one' }],
  }),
  configured('start: a folder that is not there', {
    ...ROOT,
    functions: [...ROUTED, { name: 'two', directory: 'two', triggerPath: '/two' }],
    routes: [],
  }),
  configured(
    'start: one function of two does not load',
    { ...ROOT, functions: [...ROUTED, { name: 'two', directory: 'two', triggerPath: '/two' }], routes: [] },
    { files: { 'two/index.js': 'exports.main = (' }, path: '/one' },
  ),
  configured('start: a dry run of functions', { ...ROOT, functions: ROUTED, routes: [] }, { args: ['--dry-run'] }),
  configured(
    'start: a dry run of functions of which one does not load',
    { ...ROOT, functions: [...ROUTED, { name: 'two', directory: 'two', triggerPath: '/two' }], routes: [] },
    { files: { 'two/index.js': 'exports.main = (' }, args: ['--dry-run'] },
  ),
  {
    name: 'start: a source that is a folder with a configuration',
    files: {
      'deep/one/index.js': MAIN,
      'deep/cloudbase-functions.json': JSON.stringify({ ...ROOT, functions: ROUTED }),
    },
    env: { FUNCTION_SOURCE: 'deep' },
    path: '/one',
  },
  {
    name: 'start: another configuration, with functions beside it',
    files: { 'config/one/index.js': MAIN, 'config/functions.json': JSON.stringify({ ...ROOT, functions: ROUTED }) },
    env: { FUNCTIONS_CONFIG_FILE: 'config/functions.json' },
    path: '/one',
  },
  {
    name: 'start: another configuration by the command line',
    files: { 'config/one/index.js': MAIN, 'config/functions.json': JSON.stringify({ ...ROOT, functions: ROUTED }) },
    args: ['--functionsConfigFile=config/functions.json'],
    path: '/one',
  },
  {
    name: 'start: another configuration, its root beside it and not there',
    files: { ...ONE, 'config/functions.json': JSON.stringify({ ...ROOT, functions: ROUTED, routes: [] }) },
    env: { FUNCTIONS_CONFIG_FILE: 'config/functions.json' },
    path: '/one',
  },
  {
    name: 'start: a configuration that is named and not there',
    files: { 'index.js': MAIN },
    env: { FUNCTIONS_CONFIG_FILE: 'missing.json' },
    path: '/',
  },
  {
    name: 'start: functions in a folder of their own',
    files: {
      'functions/one/index.js': MAIN,
      'cloudbase-functions.json': JSON.stringify({ functionsRoot: './functions', functions: ROUTED, routes: [] }),
    },
    path: '/one',
  },
  configured(
    'start: a source and a target of a function',
    {
      ...ROOT,
      functions: [
        { name: 'one', directory: 'one', source: 'lib/entry.js', target: 'handlers.it', triggerPath: '/one' },
      ],
      routes: [],
    },
    { files: { 'one/lib/entry.js': "exports.handlers = { it: () => 'it' };" }, path: '/one' },
  ),
];
