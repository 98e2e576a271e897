import type { EventRequest } from '#src/events/event-plan.js';

/** A request with only the parts that a test names. */
export function requestOf(parts: Partial<EventRequest> = {}): EventRequest {
  return { params: {}, query: {}, headers: {}, cookies: {}, ...parts };
}
