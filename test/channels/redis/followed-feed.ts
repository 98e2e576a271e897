import assert from 'node:assert/strict';
import type { ChannelMessage } from '#src/channels/channels.js';
import { RedisChannels } from '#src/channels/redis/redis-channels.js';
import type { RedisChannelsOptions } from '#src/channels/redis/redis-options.js';
import { until } from '../../until.js';
import { subscribed, take } from '../channels-suite.js';

/** How many messages are published before something happens, and how many after it. */
const MESSAGES = 100;

/**
 * Publishes numbers on one instance and follows them on another while something happens to Redis. Then what Redis has
 * kept is what was published, and has come once and in order. Gives how many messages were published and are not kept.
 */
export async function followFeed(options: RedisChannelsOptions, happens: () => Promise<unknown>): Promise<number> {
  // However long it takes.
  const own = { publishTimeoutMs: 60_000, settleTimeoutMs: 60_000, ...options };
  const [publisher, follower] = [new RedisChannels(own), new RedisChannels(own)];
  try {
    await Promise.all([publisher.open(), follower.open()]);
    const messages = await subscribed(follower, 'feed', { maxQueued: 1_000_000 });
    const published: string[] = [];
    let over = false;
    const publishing = (async () => {
      while (!over) published.push(await publisher.publish('feed', published.length));
    })();
    await Promise.race([until(() => published.length > MESSAGES), publishing]);
    await happens();
    const enough = published.length + MESSAGES;
    await Promise.race([until(() => published.length > enough), publishing]);
    over = true;
    await publishing;
    const last = published.at(-1);
    const [came, kept] = await Promise.all(
      [messages, publisher.subscribe('feed', { after: '0-0' })].map((each) => takeUntil(each, last)),
    );
    return compare(published, came ?? [], kept ?? []);
  } finally {
    await Promise.all([publisher.close(), follower.close()]);
  }
}

function compare(published: readonly string[], came: readonly ChannelMessage[], kept: readonly ChannelMessage[]) {
  const ids = kept.map(({ id }) => id);
  const keptIds = new Set(ids);
  assert.equal(keptIds.size, ids.length, 'kept once');
  // Its number is its place among those that were published.
  for (const { id, data } of kept) assert.equal(published[Number(data)], id, 'kept and not told, or kept twice');
  const seen = came.filter(({ data }) => data !== undefined).map(({ id }) => id);
  assert.deepEqual(
    seen.filter((id) => keptIds.has(id)),
    ids,
    'came once and in order',
  );
  const lost = published.filter((id) => !keptIds.has(id)).length;
  // Whoever has seen what is no longer true is told so, and nobody else.
  const rewritten = seen.some((id) => !keptIds.has(id));
  assert.equal(
    came.some(({ gap }) => gap === true),
    rewritten,
    'a gap is told where there is one',
  );
  return lost;
}

async function takeUntil(messages: AsyncIterator<ChannelMessage>, last: string | undefined): Promise<ChannelMessage[]> {
  const taken: ChannelMessage[] = [];
  while (taken.at(-1)?.id !== last) taken.push(...(await take(messages, 1)));
  return taken;
}
