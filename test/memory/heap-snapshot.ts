import { readFile, rm } from 'node:fs/promises';

/** What is on a heap after a collection. */
export interface HeapSnapshot {
  /** Bytes of what V8 makes of a program as it runs, more and more of it: bytecode, machine code, feedback, shapes. */
  readonly code: number;
  /** Bytes of all else: what the program keeps. */
  readonly data: number;
  /** The number of the newest object. */
  readonly last: number;
  /** Of the program's objects, those that have come between one mark and the next, and still are there. */
  readonly since: readonly Made[];
}

export interface Made {
  readonly bytes: number;
  /** By what they are, the most bytes first. */
  readonly what: readonly (readonly [name: string, count: number, bytes: number])[];
}

/** A file of `v8.writeHeapSnapshot()`, as far as it is read here: nodes are rows of numbers. */
interface File {
  readonly snapshot: { readonly meta: { readonly node_fields: string[]; readonly node_types: [string[]] } };
  readonly nodes: number[];
  readonly strings: string[];
}

const KINDS_OF_CODE: ReadonlySet<string | undefined> = new Set(['code', 'object shape']);

/** Lists of the machine code that is to be thrown away when an object's shape changes, and of weak feedback. */
const LISTS_OF_CODE: ReadonlySet<string | undefined> = new Set(['system / WeakArrayList', 'system / WeakFixedArray']);

/**
 * Reads a snapshot's file, and deletes it.
 * @param marks what `last` was in earlier snapshots of the same process, in order. V8 numbers what it has not seen in a
 * snapshot before, upwards, and an object keeps its number.
 */
export async function takeSnapshot(file: string, marks: readonly number[]): Promise<HeapSnapshot> {
  const text = await readFile(file, 'utf8');
  await rm(file);
  const { snapshot, nodes, strings } = JSON.parse(text) as File; // V8's own format, the same for ten years
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type = 0, name = 0, id = 0, size = 0] = ['type', 'name', 'id', 'self_size'].map((it) => fields.indexOf(it));
  let [code, data, last] = [0, 0, 0];
  const since = marks.map(() => new Map<string, [count: number, bytes: number]>());
  for (let row = 0; row < nodes.length; row += fields.length) {
    const [number = 0, bytes = 0] = [nodes[row + id], nodes[row + size]];
    const kind = types[0][nodes[row + type] ?? 0];
    // Even numbers are of what is not on V8's heap, and say nothing.
    const isNumbered = number % 2 === 1;
    if (isNumbered) last = Math.max(last, number);
    const called = strings[nodes[row + name] ?? 0] ?? '';
    if (KINDS_OF_CODE.has(kind) || LISTS_OF_CODE.has(called)) {
      code += bytes;
      continue;
    }
    data += bytes;
    const made = isNumbered ? since[marks.findLastIndex((mark) => number > mark)] : undefined;
    if (made === undefined) continue;
    // What a string says is no name.
    const what = kind === undefined || kind.endsWith('string') ? 'string' : `${kind} ${called}`;
    const [count, sum] = made.get(what) ?? [0, 0];
    made.set(what, [count + 1, sum + bytes]);
  }
  return { code, data, last, since: since.map(madeOf) };
}

function madeOf(byName: ReadonlyMap<string, readonly [count: number, bytes: number]>): Made {
  const what = [...byName].map(([name, [count, bytes]]) => [name, count, bytes] as const);
  return { bytes: what.reduce((sum, [, , bytes]) => sum + bytes, 0), what: what.toSorted((a, b) => b[2] - a[2]) };
}
