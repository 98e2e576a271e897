import { StringDecoder } from 'node:string_decoder';

import type { SseEvent } from '../context/sse-stream.js';
import { describe } from '../errors/problem.js';
import { redactText } from '../errors/redact-text.js';
import type { Exchange } from '../server/exchange.js';
import { encodeFields } from '../server/sse-encoding.js';

const FIELDS = ['comment', 'event', 'id', 'retry', 'data'] as const;

/**
 * For one stream of a plain function: strings and bytes go out as they are, an event by its fields, and anything else
 * not at all. A character whose bytes come in two pieces is put together: functions pass on what another server streams.
 *
 * The encoder throws a TypeError for a line break in `id` or `event`.
 */
export function newPlainEncoder(): (event: unknown) => string {
  let decoder: StringDecoder | undefined;
  return (event) => {
    if (typeof event === 'string') return event;
    if (event instanceof Uint8Array) return (decoder ??= new StringDecoder('utf8')).write(Buffer.from(event));
    if (typeof event !== 'object' || event === null) return '';
    const fields = event as Partial<SseEvent>;
    return FIELDS.some((field) => fields[field] !== undefined) ? encodeFields(fields) : '';
  };
}

/** Tells a client that the function has failed; what failed, only outside production. */
export function encodePlainFailure(thrown: unknown, { service }: Exchange): string {
  const message = messageOf(thrown);
  return encodeFields({
    comment: 'uncaught-exception-from-user-code',
    event: 'error',
    data: service.settings.exposeErrors ? redactText(message) : 'System Error.',
  });
}

/** The words alone, where they are words: an error's message may be anything. */
function messageOf(thrown: unknown): string {
  const { message } = thrown instanceof Error ? (thrown as { message: unknown }) : { message: undefined };
  return typeof message === 'string' ? message : describe(thrown);
}
