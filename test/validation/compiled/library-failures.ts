import { validate, type ValidationError, type ValidatorOptions } from 'class-validator';
import type { FailedRule } from '#src/validation/event-validator.js';

/** What class-validator itself says of an instance, as a list. */
export async function libraryFailures(instance: object, options: ValidatorOptions = {}): Promise<FailedRule[]> {
  return flatten(await validate(instance, options), '');
}

/** class-validator's tree of errors as a list: what is wrong with a property, then what is wrong inside it. */
export function flatten(errors: readonly ValidationError[], parent: string): FailedRule[] {
  return errors.flatMap((error) => {
    const { target, constraints, children } = error;
    // An error of the whole object has no property, whatever the library's types say.
    const property = Reflect.get(error, 'property') as string | undefined;
    const isIndex = Array.isArray(target) || target instanceof Set;
    const name = isIndex ? `[${property}]` : `${parent === '' ? '' : '.'}${property}`;
    const path = property === undefined ? parent : parent + name;
    const own = Object.entries(constraints ?? {}).map(([rule, message]) => ({ path, rule, message }));
    return [...own, ...flatten(children ?? [], path)];
  });
}
