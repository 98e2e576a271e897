import type { IncomingMessage } from 'node:http';

import { hasBody } from '../body/collect-bytes.js';
import type { BodyCheck } from '../context/body-check.js';

/**
 * An event that was read beside a check of the body. Where the body's bytes are not right that is the answer, whatever
 * else is wrong with them. A body that the event does not ask for stays unread and unchecked.
 */
export async function checkedBody<Event>(
  request: IncomingMessage,
  check: BodyCheck,
  reading: Promise<Event>,
): Promise<Event> {
  let event: Event;
  try {
    event = await reading;
  } catch (error) {
    if (request.readableEnded) check.end();
    throw error;
  }
  if (request.readableEnded || !hasBody(request)) check.end();
  return event;
}

/** Lets a check see all bytes that the reader of the body sees, and no others: a listener of its own would start them. */
export function tapBody(request: IncomingMessage, check: BodyCheck): void {
  const join = (event: string | symbol) => {
    if (event !== 'data') return;
    request.off('newListener', join);
    request.on('data', (bytes: Buffer) => check.update(bytes));
  };
  request.on('newListener', join);
}
