import { relative } from 'node:path';

import { StartupError, type StartupMistake } from '../errors/startup-error.js';
import { type JsonLines, readJsonFile } from './json-lines.js';

/** One function, as the file names it; what it leaves out is empty. */
export interface FunctionDefinition {
  readonly name: string;
  /** Its folder, below `functionsRoot`. */
  readonly directory: string;
  /** Its module, below its folder; empty: what `require` finds there. */
  readonly source: string;
  /** The export that is the function; empty: option `target`. */
  readonly target: string;
  /** A route to it, in short. */
  readonly triggerPath: string;
}

/** A path and the function that serves it and all below it. */
export interface FunctionRoute {
  readonly path: string;
  readonly functionName: string;
}

/** What `cloudbase-functions.json` says, every `triggerPath` among the routes. */
export interface FunctionsConfig {
  readonly functionsRoot: string;
  readonly functions: readonly FunctionDefinition[];
  readonly routes: readonly FunctionRoute[];
  /** Where a function stands in the file, for messages: `cloudbase-functions.json:12`. */
  placeOf(definition: FunctionDefinition): string;
}

type Path = readonly (string | number)[];

/**
 * Reads and checks `cloudbase-functions.json`.
 *
 * @throws StartupError that names each mistake with its line and its remedy.
 */
export function readFunctionsConfig(file: string): FunctionsConfig {
  const check = new ConfigCheck(relative('.', file) || file, readJsonFile(file));
  const config = check.config();
  if (check.mistakes.length > 0) throw new StartupError(check.mistakes);
  return config;
}

/** Says the same as docs/cloudbase-functions.schema.json, and what a schema cannot say: who is named by whom. */
class ConfigCheck {
  readonly mistakes: StartupMistake[] = [];
  readonly #places = new Map<FunctionDefinition, string>();

  constructor(
    private readonly file: string,
    private readonly json: JsonLines,
  ) {}

  config(): FunctionsConfig {
    const { value } = this.json;
    const empty = { functionsRoot: '.', functions: [], routes: [], placeOf: () => this.file };
    if (!isObject(value)) {
      this.#add([], 'it holds no object', 'write { "functions": [ … ] }');
      return empty;
    }
    const { functionsRoot } = value;
    if (functionsRoot !== undefined) this.#text(functionsRoot, ['functionsRoot'], 'functionsRoot');
    const functions = this.#list(value['functions'], 'functions', (item, path) => this.#function(item, path));
    const routes = this.#list(value['routes'], 'routes', (item, path) => this.#route(item, path));
    if (this.mistakes.length > 0) return empty;
    this.#checkNames(functions);
    return {
      functionsRoot: typeof functionsRoot === 'string' && functionsRoot !== '' ? functionsRoot : '.',
      functions,
      routes: this.#routes(functions, routes),
      placeOf: (definition) => this.#places.get(definition) ?? this.file,
    };
  }

  #list<Item>(value: unknown, name: string, read: (item: Record<string, unknown>, path: Path) => Item): Item[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.#add([name], `${name} is no array`, `write "${name}": [ … ]`);
      return [];
    }
    return value.flatMap((item: unknown, index) => {
      if (isObject(item)) return [read(item, [name, index])];
      this.#add([name, index], `an entry of ${name} is no object`, 'write { … }');
      return [];
    });
  }

  #function(item: Record<string, unknown>, path: Path): FunctionDefinition {
    for (const key of ['name', 'directory']) this.#text(item[key], [...path, key], `${key} of a function`);
    for (const key of ['source', 'target', 'triggerPath']) {
      const value = item[key];
      if (value !== undefined && value !== null) this.#text(value, [...path, key], `${key} of a function`);
    }
    const { triggerPath } = item;
    if (typeof triggerPath === 'string' && triggerPath !== '') this.#path(triggerPath, [...path, 'triggerPath']);
    const definition: FunctionDefinition = {
      name: textOf(item['name']),
      directory: textOf(item['directory']),
      source: textOf(item['source']),
      target: textOf(item['target']),
      triggerPath: textOf(triggerPath),
    };
    this.#places.set(definition, this.#place(path));
    return definition;
  }

  #route(item: Record<string, unknown>, path: Path): FunctionRoute {
    for (const key of ['path', 'functionName']) this.#text(item[key], [...path, key], `${key} of a route`);
    if (typeof item['path'] === 'string') this.#path(item['path'], [...path, 'path']);
    return { path: textOf(item['path']), functionName: textOf(item['functionName']) };
  }

  #checkNames(functions: readonly FunctionDefinition[]): void {
    const seen = new Set<string>();
    for (const [index, { name }] of functions.entries()) {
      if (seen.has(name)) this.#add(['functions', index, 'name'], `two functions are called ${name}`, 'rename one');
      seen.add(name);
    }
  }

  /** All routes, and the mistakes between them: an unknown function, two functions on one path. */
  #routes(functions: readonly FunctionDefinition[], routes: readonly FunctionRoute[]): FunctionRoute[] {
    const all: FunctionRoute[] = [];
    const taken = new Map<string, string>();
    const add = (route: FunctionRoute, at: Path): void => {
      const path = withoutLastSlash(route.path);
      const other = taken.get(path);
      if (other === undefined) {
        taken.set(path, route.functionName);
        all.push({ ...route, path });
      } else if (other !== route.functionName) {
        const problem = `${route.path} leads to ${route.functionName} here and to ${other} elsewhere`;
        this.#add(at, problem, 'leave the path to one function');
      }
    };
    for (const [index, route] of routes.entries()) {
      const at: Path = ['routes', index, 'functionName'];
      if (functions.some(({ name }) => name === route.functionName)) add(route, ['routes', index, 'path']);
      else this.#add(at, `there is no function ${route.functionName}`, `name one of functions: ${namesOf(functions)}`);
    }
    for (const [index, { name, triggerPath }] of functions.entries()) {
      if (triggerPath === '') continue;
      add({ path: triggerPath, functionName: name }, ['functions', index, 'triggerPath']);
    }
    return all;
  }

  #text(value: unknown, path: Path, what: string): void {
    if (value === undefined) this.#add(path, `${what} is missing`, 'add it');
    else if (typeof value !== 'string') this.#add(path, `${what} is no text`, 'write it in double quotes');
    else if (value === '' && (path.at(-1) === 'name' || path.at(-1) === 'path'))
      this.#add(path, `${what} is empty`, 'fill it in');
  }

  #path(value: string, path: Path): void {
    if (value === '' || (value.startsWith('/') && !/[?#]/.test(value))) return;
    this.#add(path, `no request has the path ${value}`, 'begin it with / and leave ? and # out');
  }

  #add(path: Path, problem: string, remedy: string): void {
    this.mistakes.push({ where: this.#place(path), problem, remedy });
  }

  #place(path: Path): string {
    return `${this.file}:${this.json.lineOf(path)}`;
  }
}

/** `/a` and `/a/` are one path; the root keeps its slash. */
function withoutLastSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function namesOf(functions: readonly FunctionDefinition[]): string {
  return functions.map(({ name }) => name).join(', ') || 'there are none yet';
}

/** What is wrong with it is among the mistakes. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
