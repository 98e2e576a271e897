import type { ChannelMessage } from '#src/channels/channels.js';
import { RedisChannels } from '#src/channels/redis/redis-channels.js';
import type { RedisChannelsOptions } from '#src/channels/redis/redis-options.js';
import { take } from '../channels-suite.js';

export const dataOf = (messages: readonly ChannelMessage[]) => messages.map(({ data }) => data);

export async function opened(options: RedisChannelsOptions): Promise<RedisChannels> {
  const channels = new RedisChannels(options);
  await channels.open();
  return channels;
}

/** What the channel holds, read by another. */
export async function kept(url: string, channel: string, count: number): Promise<unknown[]> {
  const channels = await opened({ url });
  try {
    return dataOf(await take(channels.subscribe(channel, { after: '0-0' }), count));
  } finally {
    await channels.close();
  }
}
