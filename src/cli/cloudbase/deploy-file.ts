import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import { StartupError } from '../../errors/startup-error.js';
import { type JsonLines, readJsonFile } from '../../functions/json-lines.js';
import { isHttp } from './function-mistakes.js';

type Fields = Record<string, unknown>;

/** One function of the file. */
export interface DeployedFunction {
  readonly name: string;
  /** Its fields as the command line tool sees them: over the defaults of the file and its older form `config`. */
  readonly fields: Readonly<Fields>;
  /** Where one of its fields stands, or the function itself: `cloudbaserc.json:12`. */
  placeOf(path: readonly string[]): string;
}

const NAME = 'cloudbaserc.json';

/**
 * `cloudbaserc.json`, by which CloudBase's command line tool deploys. What somebody has written there is never changed:
 * fields are added, and everything that is unknown here is kept.
 */
export class DeployFile {
  readonly #json: JsonLines | undefined;
  readonly #root: Fields;
  readonly #indent: string;

  /**
   * Reads that of the working directory; there need not be one.
   * @throws StartupError where it is no JSON, or not of the tool's shape.
   */
  constructor() {
    this.#json = existsSync(NAME) ? readJsonFile(NAME) : undefined;
    this.#indent = /^([ \t]+)"/m.exec(this.#json === undefined ? '' : readFileSync(NAME, 'utf8'))?.[1] ?? '  ';
    const value = this.#json?.value ?? {};
    if (!isObject(value)) throw this.#mistake([], 'it holds no object', 'write { "functions": [ … ] }');
    this.#root = value;
    const { functions } = value;
    if (functions !== undefined && !(Array.isArray(functions) && functions.every(isObject))) {
      throw this.#mistake(['functions'], 'functions is no array of objects', 'write "functions": [ { … } ]');
    }
  }

  get exists(): boolean {
    return this.#json !== undefined;
  }

  /** The folder that the functions' folders are in. */
  get functionRoot(): string {
    const { functionRoot } = this.#root;
    return typeof functionRoot === 'string' ? functionRoot : './functions';
  }

  /** All functions, as they are written. */
  get functions(): readonly DeployedFunction[] {
    return this.#entries.map((_, index) => this.#function(index));
  }

  /**
   * The function that the application is: the one that is named; else the one named as the package is, or the only one
   * that may be for requests. `undefined`: it is not there yet.
   * @throws StartupError where that cannot be told.
   */
  find(named: string | undefined, packageName: string): DeployedFunction | undefined {
    const all = this.functions;
    if (named !== undefined) return all.find(({ name }) => name === named);
    const found = all.find(({ name }) => name === packageName);
    const possible = all.filter(({ fields }) => !isEventFunction(fields));
    if (found !== undefined || possible.length < 2) return found ?? possible[0];
    const names = possible.map(({ name }) => name).join(', ');
    throw this.#mistake(['functions'], `which of ${names} is the application?`, 'name it, or a new one: --name <name>');
  }

  /** Adds those of the fields that the function does not have, the function too. Gives the names of what was added. */
  add(name: string, fields: Readonly<Fields>): readonly string[] {
    const index = this.functions.findIndex((each) => each.name === name);
    if (index === -1) {
      this.#root['functions'] = [...this.#entries, { name, ...fields }];
      return Object.keys(fields);
    }
    const entry = this.#entries[index] ?? {};
    return addTo(entry, this.#function(index).fields, fields);
  }

  write(): void {
    // The tool looks there for the folders of functions that name none, and says so where it is not.
    if (!this.exists) this.#root['functionRoot'] = '.';
    const { functionRoot, functions, ...others } = this.#root;
    const value = this.exists ? this.#root : { ...others, functionRoot, functions };
    writeFileSync(NAME, `${JSON.stringify(value, null, this.#indent)}\n`);
  }

  get #entries(): Fields[] {
    // Checked in the constructor.
    return (this.#root['functions'] as Fields[] | undefined) ?? [];
  }

  #function(index: number): DeployedFunction {
    const entry = this.#entries[index] ?? {};
    const { functionDefaultConfig } = this.#root;
    const fields = { ...objectOf(functionDefaultConfig), ...objectOf(entry['config']), ...entry };
    const placeOf = (path: readonly string[]) => this.#place(['functions', index, ...path]);
    return { name: typeof entry['name'] === 'string' ? entry['name'] : '', fields, placeOf };
  }

  #place(path: readonly (string | number)[]): string {
    return this.#json === undefined ? NAME : `${NAME}:${this.#json.lineOf(path)}`;
  }

  #mistake(path: readonly (string | number)[], problem: string, remedy: string): StartupError {
    return new StartupError([{ where: this.#place(path), problem, remedy }]);
  }
}

/** One that gets events and no requests: by its type, or by a handler, which only such functions need. */
function isEventFunction({ type, isHTTP, handler }: Readonly<Fields>): boolean {
  return !isHttp(type) && isHTTP !== true && (type !== undefined || handler !== undefined);
}

/** @param seen what of `target` holds, from elsewhere in the file too */
function addTo(target: Fields, seen: Readonly<Fields>, wanted: Readonly<Fields>, prefix = ''): string[] {
  return Object.entries(wanted).flatMap(([key, value]) => {
    const there = seen[key];
    const name = prefix + key;
    if (there === undefined) {
      target[key] = value;
      return [name];
    }
    if (!isObject(there) || !isObject(value)) return [];
    const own = objectOf(target[key]);
    const added = addTo(own, there, value, `${name}.`);
    if (added.length > 0) target[key] = own;
    return added;
  });
}

function objectOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
