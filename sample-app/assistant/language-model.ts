/** A model that answers in pieces, as hosted ones do. Which one is used stands in app.ts. */
export abstract class LanguageModel {
  /** The answer, piece by piece. It stops working when `signal` aborts: nobody pays for words that nobody reads. */
  abstract answer(question: string, signal: AbortSignal): AsyncIterable<string>;
}
