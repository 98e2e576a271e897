/** One mistake that stops the start. */
export interface StartupMistake {
  /** The class and method, or the option: `OrderController.find`. */
  readonly where: string;
  /** The file and line where known: `built/orders/order.controller.js:12`. */
  readonly file?: string | undefined;
  /** What is wrong, in one line. */
  readonly problem: string;
  /** What to do about it, in one line. */
  readonly remedy: string;
}

/**
 * Stops the start: the application as written cannot run. Its message lists every mistake with its remedy, so that
 * one look is enough; `start()` prints it and ends the process with exit code 1.
 */
export class StartupError extends Error {
  override readonly name = 'StartupError';
  readonly mistakes: readonly StartupMistake[];

  constructor(mistakes: readonly StartupMistake[], options?: { cause?: unknown }) {
    super(describeMistakes(mistakes), options);
    this.mistakes = mistakes;
  }
}

/** One mistake is one line; several are a list. */
function describeMistakes(mistakes: readonly StartupMistake[]): string {
  const [only] = mistakes;
  if (mistakes.length === 1 && only !== undefined) return `${placeOf(only)}: ${only.problem} → ${only.remedy}`;
  const list = mistakes.map((mistake) => `  ${placeOf(mistake)}: ${mistake.problem}\n    → ${mistake.remedy}`);
  return `${mistakes.length} mistakes stop the start\n${list.join('\n')}`;
}

function placeOf({ where, file }: StartupMistake): string {
  return file === undefined ? where : `${where} (${file})`;
}
