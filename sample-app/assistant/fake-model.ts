import { setTimeout as wait } from 'node:timers/promises';
import { injectable } from 'yunction';
import { LanguageModel } from './language-model.js';

const WORD_MS = 40;

/** Knows one thing and says it word by word. Replace it by a client of a real model. */
@injectable()
export class FakeModel extends LanguageModel {
  override async *answer(question: string, signal: AbortSignal): AsyncGenerator<string> {
    const text = `You asked: “${question}”. I am only a small fake, but the coffee is real: try the cappuccino with a croissant.`;
    for (const word of text.split(/(?<= )/)) {
      await wait(WORD_MS, undefined, { signal });
      yield word;
    }
  }
}
