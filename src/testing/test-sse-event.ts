/** One event as a browser would dispatch it. */
export class TestSseEvent {
  constructor(
    /** Its name; `message` where the stream names none. */
    readonly event: string,
    readonly data: string,
    /** The last id that the stream has given, by this event or an earlier one; empty: none. */
    readonly id: string,
  ) {}

  /** The data, parsed. The type is the test's own word. @throws Error where it is no JSON. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- shorter in a test than a cast
  json<T = unknown>(): T {
    try {
      return JSON.parse(this.data) as T;
    } catch (cause) {
      throw new Error(`the data of event '${this.event}' is no JSON: ${this.data.slice(0, 200)}`, { cause });
    }
  }
}
