import type { TransformMetadata, TypeMetadata } from 'class-transformer';
import { transformedProperties } from '../event-properties.js';
import type { EventClass } from '../event-validator.js';
import type { Libraries } from '../libraries.js';

/** One key of the input and the property that it fills. */
export interface PropertyRead {
  readonly key: string;
  readonly property: string;
  /** Filled even where the input has no such key: what `@Expose` does. */
  readonly always: boolean;
  readonly type: TypeMetadata | undefined;
  readonly transforms: readonly TransformMetadata[];
}

/** How an instance of one class is made of plain input. */
export interface ReadPlan {
  readonly reads: readonly PropertyRead[];
  /** Keys that would fill a property a second time: then the order of the input's keys decides. */
  readonly doubtful: readonly string[];
  /** Keys of which something is known, whether they are read or not. */
  readonly known: readonly string[];
  /** Whether keys of which nothing is known are copied. */
  readonly copiesUnknown: boolean;
  /** Why instances of the class cannot be made by compiled code. */
  readonly obstacles: readonly string[];
}

/** Names that every object inherits: a straight-line read would find them in any input. */
const INHERITED: object = Object.prototype;

/**
 * Reads the metadata of a class as class-transformer's `TransformOperationExecutor` does with each value, for the keys
 * of which any decorator knows.
 *
 * @param ruled the properties that have a rule of class-validator
 */
export function planReads(
  target: EventClass,
  ruled: readonly string[],
  groups: readonly string[] | undefined,
  { transformerStorage: storage, plainToClass }: Libraries,
): ReadPlan {
  const obstacles = accessorObstacles(target);
  // Not public: in a version without it the types of properties would be missed.
  if (!(Reflect.get(storage, '_typeMetadatas') instanceof Map)) obstacles.push('an unknown class-transformer');
  const exposed = storage.getExposedProperties(target, plainToClass);
  const exposedKeys = new Set(exposed.map((name) => storage.findExposeMetadata(target, name).options.name || name));
  const excluded = storage.getExcludedProperties(target, plainToClass);
  const copiesUnknown = storage.getStrategy(target) !== 'excludeAll';
  const known = new Set([...ruled, ...transformedProperties(target, storage), ...excluded, ...exposedKeys]);
  for (const { options } of storage.getExposedMetadatas(target)) if (options.name) known.add(options.name);

  const reads: PropertyRead[] = [];
  // Decorators may stand on symbols too, whatever the libraries' types say.
  for (const key of known as ReadonlySet<unknown>) {
    if (typeof key !== 'string' || key in INHERITED) {
      obstacles.push(`${String(key)}: a name that every object has`);
      continue;
    }
    // Found metadata may be absent, whatever the library's types say.
    const expose = storage.findExposeMetadata(target, key) as { options?: { groups?: string[] } } | undefined;
    const always = exposedKeys.has(key);
    if (!(copiesUnknown || always) || excluded.includes(key) || !isMeant(expose?.options?.groups, groups)) {
      continue;
    }
    const property = propertyFilledBy(key, target, storage);
    if (property in INHERITED) obstacles.push(`${property}: a name that every object has`);
    // The library skips these; what else the prototype holds it looks up in the instance.
    if (isFixed(target, property)) continue;
    const type = storage.findTypeMetadata(target, property) as TypeMetadata | undefined;
    const transforms = storage
      .findTransformMetadatas(target, property, plainToClass)
      .filter(({ options }) => isMeant(options?.groups, groups));
    reads.push({ key, property, always, type, transforms });
  }
  const { single, doubtful } = withoutDoubles(reads, obstacles);
  return { reads: single, doubtful, known: [...known], copiesUnknown, obstacles };
}

function propertyFilledBy(key: string, target: Function, storage: Libraries['transformerStorage']): string {
  const named = storage.findExposeMetadataByCustomName(target, key) as { propertyName?: string } | undefined;
  return named?.propertyName ?? key;
}

/** class-transformer's reading of groups, on `@Expose` and `@Transform` alike: without asked ones, none may be given. */
function isMeant(own: readonly string[] | undefined, asked: readonly string[] | undefined): boolean {
  if (asked === undefined || asked.length === 0) return own === undefined || own.length === 0;
  return own === undefined || asked.some((group) => own.includes(group));
}

/** Keeps one read for each property; the other keys that fill it are doubtful. */
function withoutDoubles(
  reads: readonly PropertyRead[],
  obstacles: string[],
): { single: PropertyRead[]; doubtful: string[] } {
  const single = new Map<string, PropertyRead>();
  const doubtful: string[] = [];
  for (const read of reads) {
    const other = single.get(read.property);
    if (other === undefined) {
      single.set(read.property, read);
    } else if (read.always && other.always) {
      obstacles.push(`${read.property}: exposed under two names`);
    } else {
      const kept = read.always ? read : other;
      doubtful.push(kept === read ? other.key : read.key);
      single.set(read.property, kept);
    }
  }
  return { single: [...single.values()], doubtful };
}

/** A setter, or a getter that a parent declares, makes the order of assignments or their failure matter. */
function accessorObstacles(target: EventClass): string[] {
  const found: string[] = [];
  for (let owner: unknown = target.prototype; isObject(owner) && owner !== INHERITED; owner = parentOf(owner)) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      if (descriptor.set !== undefined) found.push(`${name}: a setter`);
      else if (descriptor.get !== undefined && owner !== target.prototype) found.push(`${name}: an inherited getter`);
    }
  }
  return found;
}

/**
 * Methods and getters of the class itself. A parent's method may be hidden by a field, which only an instance shows: the
 * generated code looks.
 */
function isFixed(target: EventClass, property: string): boolean {
  const own = Object.getOwnPropertyDescriptor(target.prototype, property);
  return own !== undefined && own.set === undefined;
}

function parentOf(value: object): unknown {
  return Object.getPrototypeOf(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
