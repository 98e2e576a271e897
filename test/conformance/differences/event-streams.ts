import { recordedAnswers } from '../recorded-answers.js';

/** The rows that the peer answers with a stream of events. */
export const EVENT_STREAMS: readonly string[] = [...recordedAnswers('requests')]
  .filter(([, answer]) => answer['header content-type']?.startsWith('text/event-stream'))
  .map(([name]) => name);
