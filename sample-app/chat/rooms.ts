import { injectable, type WebSocketConnection } from 'yunction';

/** Who is in which room of this process. By connection: two people may have the same name. */
@injectable()
export class Rooms {
  readonly #rooms = new Map<string, Map<WebSocketConnection, string>>();

  enter(room: string, connection: WebSocketConnection, name: string): void {
    const members = this.#rooms.get(room) ?? new Map<WebSocketConnection, string>();
    this.#rooms.set(room, members.set(connection, name));
  }

  leave(room: string, connection: WebSocketConnection): void {
    const members = this.#rooms.get(room);
    members?.delete(connection);
    if (members?.size === 0) this.#rooms.delete(room);
  }

  members(room: string): string[] {
    return [...(this.#rooms.get(room)?.values() ?? [])];
  }
}
