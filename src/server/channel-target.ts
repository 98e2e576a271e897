import type { Channels } from '../channels/channels.js';
import type { ChannelTarget } from '../context/web-socket-connection.js';

/** The sockets of a channel, on every instance, but for some. */
export function createChannelTarget(channels: Channels, channel: string, except?: readonly string[]): ChannelTarget {
  return {
    send: async (message) => {
      await channels.publish(channel, message, except === undefined ? {} : { except });
    },
    except: (...connections) => {
      const ids = connections.map((connection) => (typeof connection === 'string' ? connection : connection.id));
      return createChannelTarget(channels, channel, [...(except ?? []), ...ids]);
    },
  };
}
