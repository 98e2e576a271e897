import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createApplication } from '#src/application.js';
import { type ChannelMessage, Channels, type Member, type Membership } from '#src/channels/channels.js';
import { MemoryChannels } from '#src/channels/memory-channels.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';

@Controller()
class Publisher {
  constructor(readonly channels: Channels) {}
  @Http('POST', '/')
  publish(): Promise<string> {
    return this.channels.publish('c', 'x');
  }
}

/** Channels of a user's own: these keep nothing and reach nobody. */
class DeafChannels extends Channels {
  closed = 0;
  async publish(): Promise<string> {
    return '7-0';
  }
  subscribe(): AsyncIterableIterator<ChannelMessage> {
    return new MemoryChannels().subscribe('nobody publishes here');
  }
  async join<Data>(_channel: string, data: Data): Promise<Membership<Data>> {
    return { id: 'me', data, leave: () => Promise.resolve() };
  }
  async members(): Promise<readonly Member[]> {
    return [];
  }
  async close(): Promise<void> {
    this.closed += 1;
  }
}

describe('Channels', () => {
  it('is the token by which the channels of the process are injected', async () => {
    const application = createApplication({ controllers: [Publisher] }, {});
    const { channels } = application.resolve(Publisher);
    assert.ok(channels instanceof MemoryChannels);
    assert.equal(application.resolve(Channels), channels);
    await application.close();
  });

  it('may be others that an application provides, which are closed with it', async () => {
    const own = new DeafChannels();
    const application = createApplication({ controllers: [Publisher], providers: [[Channels, own]] }, {});
    assert.equal(application.resolve(Publisher).channels, own);
    assert.equal(await application.resolve(Publisher).publish(), '7-0');
    // What it does not know of is left as it is.
    await own.forget('c');
    assert.equal(own.state, 'ready');
    assert.equal(await own.health(), true);
    await application.close();
    assert.equal(own.closed, 1);
  });
});
