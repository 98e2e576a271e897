import { Channels, injectable, type Membership, type WebSocketConnection } from 'yunction';

/** One who is in a room: two people may have the same name, and one who comes back has the same id on another connection. */
interface Guest {
  id: string;
  name: string;
}

/** Who is in which room, on whatever instance. */
@injectable()
export class Rooms {
  readonly #memberships = new WeakMap<WebSocketConnection, Membership>();

  constructor(private readonly channels: Channels) {}

  async enter(room: string, connection: WebSocketConnection, name: string): Promise<void> {
    const guest: Guest = { id: connection.id, name };
    this.#memberships.set(connection, await this.channels.join(room, guest));
  }

  async leave(connection: WebSocketConnection): Promise<void> {
    await this.#memberships.get(connection)?.leave();
  }

  async names(room: string): Promise<string[]> {
    return (await this.#guests(room)).map(({ name }) => name);
  }

  /** Whether somebody is there by another connection, and has lost this one only. */
  async has(room: string, { id }: WebSocketConnection): Promise<boolean> {
    return (await this.#guests(room)).some((guest) => guest.id === id);
  }

  async #guests(room: string): Promise<Guest[]> {
    const members = await this.channels.members(room);
    return members.map(({ data }) => data as Guest); // nobody else joins a room
  }
}
