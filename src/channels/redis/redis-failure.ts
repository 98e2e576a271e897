/** Redis has answered, with an error: the command was not carried out. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}

/** Redis cannot be reached, or does not answer. */
export class RedisUnreachable extends Error {
  override readonly name = 'RedisUnreachable';
}
