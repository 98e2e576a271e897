import type { Member, Membership } from './channels.js';

/** Who has joined which channel, within one process. */
export class MemoryMembers {
  readonly #channels = new Map<string, Set<Member>>();
  #count = 0;

  join<Data>(channel: string, data: Data): Membership<Data> {
    const member: Member<Data> = { id: String(++this.#count), data };
    const members = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, members.add(member));
    const leave = async () => {
      members.delete(member);
      // Compared, as everybody may have left and others come since.
      if (members.size === 0 && this.#channels.get(channel) === members) this.#channels.delete(channel);
    };
    return { ...member, leave };
  }

  members(channel: string): readonly Member[] {
    return [...(this.#channels.get(channel) ?? [])];
  }

  clear(): void {
    this.#channels.clear();
  }
}
