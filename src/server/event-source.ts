import { Readable } from 'node:stream';

import { isReadableStream } from './result.js';

/** What an event stream takes its events from. */
export interface EventSource {
  next(): Promise<IteratorResult<unknown>>;
  /** Ends it, also while `next` waits: what it holds is released. */
  end(): unknown;
}

/**
 * Anything that can be iterated, as a source that can be ended at any moment. The iterators of the two stream classes
 * let `return` queue behind the pending read, so that a source with nothing to say would never hear of the end.
 */
export function openEventSource(iterable: AsyncIterable<unknown> | Iterable<unknown>): EventSource {
  if (isReadableStream(iterable)) {
    const reader = iterable.getReader();
    return { next: () => reader.read() as Promise<IteratorResult<unknown>>, end: () => reader.cancel() };
  }
  if (Symbol.asyncIterator in iterable) {
    const iterator = iterable[Symbol.asyncIterator]();
    const end = iterable instanceof Readable ? () => iterable.destroy() : () => iterator.return?.();
    return { next: () => iterator.next(), end };
  }
  const iterator = iterable[Symbol.iterator]();
  return {
    // As `for await` does: the promises of an array are waited for.
    async next() {
      const step: IteratorResult<unknown> = iterator.next();
      return step.done === true ? { done: true, value: undefined } : { done: false, value: await step.value };
    },
    end: () => iterator.return?.(),
  };
}
