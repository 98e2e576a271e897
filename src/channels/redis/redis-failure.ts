/** Redis has answered, with an error: the command was not carried out. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}

/**
 * Redis has answered that it will not do, for now or any more: another node has the keys, or it is a replica, or is
 * starting. Nothing was done, so it may be asked again. Redis 6.2 tells of it within the words for a script that failed.
 */
export function isElsewhere(error: unknown): error is Error {
  return isReply(error) && ELSEWHERE.test(error.message);
}

const ELSEWHERE =
  /^(?:ERR Error running script .* -)?(?:MOVED|ASK|TRYAGAIN|CLUSTERDOWN|READONLY|MASTERDOWN|LOADING|UNBLOCKED)\b/;

/** Redis cannot be reached, or does not answer. */
export class RedisUnreachable extends Error {
  override readonly name = 'RedisUnreachable';
}
