/**
 * Writes the source of one generated function. Whatever comes from a class or from options enters it in two ways only:
 * as a constant, which is handed to the function and named by a number, or as a string that JSON.stringify has quoted.
 */
export class SourceWriter {
  readonly #lines: string[] = [];
  readonly #constants: unknown[] = [];
  readonly #names = new Map<unknown, string>();

  /** The name under which the code finds this value. */
  constant(value: unknown): string {
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return `${value}`;
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const name = `$${this.#constants.length}`;
    this.#constants.push(value);
    this.#names.set(value, name);
    return name;
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  /**
   * The function of these parameters with the lines as its body.
   * @throws EvalError where the process was started with `--disallow-code-generation-from-strings`
   */
  build(name: string, parameters: string): unknown {
    // As `const`, since V8 takes these for constants, which it does not with parameters.
    const constants = this.#constants.map((_, index) => `const $${index} = k[${index}];\n`).join('');
    const body = `return function ${name}(${parameters}) {\n${this.#lines.join('\n')}\n};`;
    // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- see above: nothing of the input is in it
    const factory = new Function('k', `'use strict';\n${constants}${body}`) as (k: readonly unknown[]) => unknown;
    return factory(this.#constants);
  }
}

/** A string as a literal of the generated code. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

let allowed: boolean | undefined;

/** Whether this process may generate code. */
export function mayGenerateCode(): boolean {
  allowed ??= tryToGenerate();
  return allowed;
}

function tryToGenerate(): boolean {
  try {
    return new SourceWriter().build('probe', '') !== undefined;
  } catch (thrown) {
    if (thrown instanceof EvalError) return false;
    throw thrown;
  }
}
