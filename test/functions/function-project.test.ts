import assert from 'node:assert/strict';
import { relative } from 'node:path';
import { after, describe, it } from 'node:test';

import { StartupError } from '#src/errors/startup-error.js';
import { configFileOf, findFunctions } from '#src/functions/function-project.js';
import { resolveOptions } from '#src/resolve-options.js';
import type { GivenOptions } from '#src/options.js';
import { ProjectFolder } from './project-folder.js';

const folders: ProjectFolder[] = [];
after(() => {
  for (const folder of folders) folder.remove();
});

function find(files: Record<string, string | object>, options: GivenOptions = {}) {
  const folder = new ProjectFolder(files);
  folders.push(folder);
  const projects = findFunctions(resolveOptions(options), folder.path);
  const shown = [...projects].map(([name, functions]) => [
    name,
    functions.map(({ file, label, paths, target }) => ({ file: relative(folder.path, file), label, paths, target })),
  ]);
  return Object.fromEntries(shown) as Record<string, unknown>;
}

function mistakesOf(files: Record<string, string | object>, options: GivenOptions = {}): string[] {
  try {
    find(files, options);
  } catch (error) {
    assert.ok(error instanceof StartupError, String(error));
    return error.mistakes.map(({ problem, remedy }) => `${problem} → ${remedy}`);
  }
  return [];
}

describe('findFunctions', () => {
  it('finds the functions of cloudbase-functions.json, each with its module and paths', () => {
    const functions = [
      { name: 'a', directory: 'func-a', triggerPath: '/a' },
      { name: 'b', directory: 'func-b', source: 'main.mjs', target: 'api.main' },
    ];
    const routes = [
      { path: '/b', functionName: 'b' },
      { path: '/also/b', functionName: 'b' },
    ]; // prettier-ignore
    const found = find({
      'cloudbase-functions.json': { functionsRoot: 'src', functions, routes },
      'src/func-a/package.json': { main: 'built/index.js' },
      'src/func-a/built/index.js': '',
      'src/func-b/main.mjs': '',
    });
    assert.deepEqual(found, {
      '': [
        { file: 'src/func-a/built/index.js', label: 'a.main', paths: ['/a'], target: 'main' },
        { file: 'src/func-b/main.mjs', label: 'b.api.main', paths: ['/b', '/also/b'], target: 'api.main' },
      ],
    });
  });

  it('finds the single function of a folder without that file', () => {
    const found = find({ 'index.js': '' }, { target: 'handler' });
    assert.deepEqual(found, { '': [{ file: 'index.js', label: 'handler', paths: ['/'], target: 'handler' }] });
  });

  it('finds it in the source, be that a folder or a module, and the file there', () => {
    assert.deepEqual(Object.values(find({ 'x/y.mjs': '' }, { source: 'x/y.mjs' })).flat().length, 1);
    const config = { functions: [{ name: 'a', directory: '.' }] };
    const found = find({ 'x/cloudbase-functions.json': config, 'x/index.js': '' }, { source: 'x' });
    assert.deepEqual(found[''], [{ file: 'x/index.js', label: 'a.main', paths: [], target: 'main' }]);
  });

  it('takes another name for the file', () => {
    const config = { functions: [{ name: 'a', directory: '.', triggerPath: '/' }] };
    const found = find({ 'other.json': config, 'index.js': '' }, { functionsConfigFile: 'other.json' });
    assert.equal(JSON.stringify(found).includes('a.main'), true);
  });

  it('finds every folder of functionsRoot, each with a file of its own or without', () => {
    const config = { functions: [{ name: 'in', directory: 'x', triggerPath: '/in' }] };
    const found = find(
      {
        'all/one/index.js': '',
        'all/two/cloudbase-functions.json': config,
        'all/two/x/index.js': '',
        'all/logs/a.log': '',
        'all/file': '',
      },
      { loadAllFunctions: true, functionsRoot: 'all' },
    );
    assert.deepEqual(found, {
      one: [{ file: 'all/one/index.js', label: 'one.main', paths: ['/'], target: 'main' }],
      two: [{ file: 'all/two/x/index.js', label: 'in.main', paths: ['/in'], target: 'main' }],
    });
  });

  it('names the folders and modules that are not there', () => {
    const functions = [
      { name: 'a', directory: 'none' },
      { name: 'b', directory: 'empty' },
      { name: 'c', directory: 'empty', source: 'built/x.js' },
    ];
    const mistakes = mistakesOf({ 'cloudbase-functions.json': { functions }, 'empty/readme': '' });
    assert.equal(mistakes.length, 3);
    assert.match(mistakes[0] ?? '', /function a: there is no folder .*none → mend "directory"/);
    assert.match(mistakes[1] ?? '', /function b: there is no module in .*empty → compile the function/);
    assert.match(mistakes[2] ?? '', /function c: there is no module built\/x\.js →/);
  });

  it('says that there is no function at all, and no functionsRoot', () => {
    assert.match(mistakesOf({})[0] ?? '', /there is no function: neither .* → compile/);
    assert.match(mistakesOf({}, { loadAllFunctions: true, functionsRoot: 'none' })[0] ?? '', /cannot be read/);
  });
});

describe('configFileOf', () => {
  it('tells where the file is, if it is', () => {
    const folder = new ProjectFolder({ 'cloudbase-functions.json': '{}' });
    folders.push(folder);
    const settings = { functionsConfigFile: 'cloudbase-functions.json' };
    assert.equal(configFileOf(settings, folder.path), folder.at('cloudbase-functions.json'));
    assert.equal(configFileOf(settings, folder.at('x')), undefined);
    assert.equal(configFileOf({ functionsConfigFile: '' }, folder.path), undefined);
  });
});
