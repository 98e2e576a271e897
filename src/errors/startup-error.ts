/** One mistake that stops the start. */
export interface StartupMistake {
  /** The class and method, or the option: `OrderController.find`. */
  readonly where: string;
  /** The file and line where known: `built/orders/order.controller.js:12`. */
  readonly file?: string | undefined;
  /** What is wrong. */
  readonly problem: string;
  /** What to do about it. */
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

function describeMistakes(mistakes: readonly StartupMistake[]): string {
  const head = mistakes.length === 1 ? 'a mistake stops the start' : `${mistakes.length} mistakes stop the start`;
  const list = mistakes.map(({ where, file, problem, remedy }) => {
    const place = file === undefined ? where : `${where} (${file})`;
    return `  ${place}: ${problem}\n    → ${remedy}`;
  });
  return `${head}\n${list.join('\n')}`;
}
