/** Below every id: `after: '0-0'` asks for all that is kept. */
export const ZERO_ID = '0-0';

/** Whether a text is of the form of an id. What a client sends in `Last-Event-ID` may be anything. */
export function isId(id: string): boolean {
  return /^\d{1,15}-\d{1,15}$/.test(id);
}

/** Negative: `left` is older; 0: the same; positive: newer. Both are ids. It is asked for each message and subscriber. */
export function compareIds(left: string, right: string): number {
  const dash = left.indexOf('-');
  // Numbers of as many digits are ordered as their texts are; and so are most ids that are compared.
  if (left.length === right.length && right.indexOf('-') === dash) return left < right ? -1 : Number(left > right);
  const [leftTime = 0, leftSequence = 0] = left.split('-').map(Number);
  const [rightTime = 0, rightSequence = 0] = right.split('-').map(Number);
  return leftTime - rightTime || leftSequence - rightSequence;
}

/** The clock's time, unless it was set back: ids only grow. */
export function nextId(last: string, now: number): string {
  const [time = 0, sequence = 0] = last.split('-').map(Number);
  return now > time ? `${now}-0` : `${time}-${sequence + 1}`;
}
