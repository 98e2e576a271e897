import { Channels, injectable, type Membership, type WebSocketConnection } from 'yunction';

/** Who is in which room, on whatever instance. By connection: two people may have the same name. */
@injectable()
export class Rooms {
  readonly #memberships = new WeakMap<WebSocketConnection, Membership>();

  constructor(private readonly channels: Channels) {}

  async enter(room: string, connection: WebSocketConnection, name: string): Promise<void> {
    this.#memberships.set(connection, await this.channels.join(room, name));
  }

  async leave(connection: WebSocketConnection): Promise<void> {
    await this.#memberships.get(connection)?.leave();
  }

  async members(room: string): Promise<unknown[]> {
    const members = await this.channels.members(room);
    return members.map(({ data }) => data);
  }
}
