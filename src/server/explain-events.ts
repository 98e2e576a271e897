import { planEvent } from '../events/event-plan.js';
import type { Route } from '../routing/route.js';
import type { UnknownProperties } from '../validation/event-validator.js';
import { eventKindOf } from './event-kind.js';

/**
 * What of the routes' event classes is not compiled but left to class-validator and class-transformer, and why: one line
 * for each class and reason, `PlaceOrder: …`. Empty: everything is compiled. It loads the libraries and compiles all.
 */
export async function explainEvents(routes: readonly Route[], unknown: UnknownProperties): Promise<readonly string[]> {
  const lines = new Set<string>();
  for (const { eventType, parameters, options } of routes) {
    const event = eventKindOf(eventType);
    if (event.kind !== 'class') continue;
    const { eventClass } = event;
    const { groups } = options;
    const validation = groups === undefined ? { unknown } : { unknown, groups };
    const plan = planEvent({ eventClass, pathParameters: parameters, methodHasBody: true, options: validation });
    for (const reason of await plan.explain()) lines.add(`${eventClass.name}: ${reason}`);
  }
  return [...lines];
}
