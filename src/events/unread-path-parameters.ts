import { inputKeyOf, isDecorated, ruledProperties, transformedProperties } from '../validation/event-properties.js';
import type { EventClass } from '../validation/event-validator.js';
import { transformerStorageNow } from '../validation/libraries.js';
import { type SourceRecord, sourcesOf } from './source-records.js';

/**
 * The parameters of a path that no property of the event class reads.
 * class-transformer's metadata, which may have to be loaded, is only asked where nothing else reads the parameter.
 */
export function unreadPathParameters(eventClass: EventClass, pathParameters: readonly string[]): readonly string[] {
  const records = new Map(sourcesOf(eventClass).map((record) => [record.property, record]));
  const read = new Set(ruledProperties(eventClass).filter((property) => !records.has(property)));
  for (const { property, source, name } of records.values()) if (source === 'path') read.add(name ?? property);
  const rest = pathParameters.filter(
    (parameter) => !read.has(parameter) && (records.has(parameter) || !isDecorated(eventClass, parameter)),
  );
  return rest.length === 0 ? rest : withoutExposed(eventClass, rest, records);
}

/** Leaves out what is read under the name in `@Expose({ name })`, or by code whose compiler emits no types. */
function withoutExposed(
  eventClass: EventClass,
  parameters: readonly string[],
  records: ReadonlyMap<string, SourceRecord>,
): readonly string[] {
  const storage = transformerStorageNow();
  if (storage === undefined) return parameters;
  const read = new Set<string>();
  for (const property of transformedProperties(eventClass, storage)) {
    const record = records.get(property);
    if (record === undefined) read.add(property).add(inputKeyOf(eventClass, property, storage));
    else if (record.source === 'path' && record.name === undefined) read.add(inputKeyOf(eventClass, property, storage));
  }
  return parameters.filter((parameter) => !read.has(parameter));
}
