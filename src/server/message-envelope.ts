import { HttpError } from '../errors/http-error.js';

/** The fields of a message that are the protocol's own. */
export function envelopeOf(value: unknown): { type: string | undefined; id: string | number | undefined } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { type: undefined, id: undefined };
  const { type, id } = value as { type?: unknown; id?: unknown };
  return {
    type: typeof type === 'string' ? type : undefined,
    id: typeof id === 'string' || typeof id === 'number' ? id : undefined,
  };
}

/** A message that no handler takes; it carries the id, so that the sender knows which one is meant. */
export class UnknownMessage extends HttpError {
  constructor(
    type: string | undefined,
    known: readonly string[],
    readonly messageId: string | number | undefined,
  ) {
    const allowed = known.length === 0 ? '' : `: type is one of ${known.join(', ')}`;
    super(
      400,
      type === undefined
        ? `no handler takes a message without a type${allowed}`
        : `no handler takes this type${allowed}`,
      {
        code: 'UNKNOWN_MESSAGE',
      },
    );
  }
}

/** The id of the message that an error is about, where it says so. */
export function idIn(thrown: unknown): string | number | undefined {
  return thrown instanceof UnknownMessage ? thrown.messageId : undefined;
}
