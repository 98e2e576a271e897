import { HttpError } from '../../errors/http-error.js';
import type { Member, Membership } from '../channels.js';
import type { CommandLink } from './redis-link.js';
import type { ChannelsSettings } from './redis-options.js';
import { Script } from './script.js';

// A channel's members are one hash: a field `m:<instance>:<number>` for each with `<time of joining>:<JSON>`, and for
// each instance a field `i:<instance>` with the time at which it counts as dead, unless it puts that off.

/** Adds members of one instance. Puts its death off. ARGV: instance, expiry, time of joining or '', then id, JSON, … */
const JOIN = new Script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], 'i:' .. ARGV[1], string.format('%.0f', now + ARGV[2]))
for index = 3, #ARGV, 2 do
  local field = 'm:' .. ARGV[1] .. ':' .. ARGV[index]
  redis.call('HSETNX', KEYS[1], field, string.format('%.0f', now) .. ':' .. ARGV[index + 1])
end
redis.call('PEXPIRE', KEYS[1], math.max(ARGV[2], redis.call('PTTL', KEYS[1])))
return 1
`);

/** Puts an instance's death off. 0: it counts as dead already, or its members are gone. */
const BEAT = new Script(`
if redis.call('HEXISTS', KEYS[1], 'i:' .. ARGV[1]) == 0 then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], 'i:' .. ARGV[1], string.format('%.0f', now + ARGV[2]))
redis.call('PEXPIRE', KEYS[1], math.max(ARGV[2], redis.call('PTTL', KEYS[1])))
return 1
`);

/** Who is there. Those of dead instances are taken away. */
const MEMBERS = new Script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all = redis.call('HGETALL', KEYS[1])
local alive, found, dead = {}, {}, {}
for index = 1, #all, 2 do
  if string.sub(all[index], 1, 2) == 'i:' then
    if tonumber(all[index + 1]) > now then alive[string.sub(all[index], 3)] = true
    else dead[#dead + 1] = all[index] end
  end
end
for index = 1, #all, 2 do
  local instance, number = string.match(all[index], '^m:(.+):(%d+)$')
  if instance then
    if alive[instance] then
      found[#found + 1] = instance .. ':' .. number
      found[#found + 1] = all[index + 1]
    else dead[#dead + 1] = all[index] end
  end
end
for _, field in ipairs(dead) do redis.call('HDEL', KEYS[1], field) end
return found
`);

/** How many members one command may name: Lua's stack is bounded. */
const AT_ONCE = 500;

/** Who has joined which channel on any instance that shares a Redis. */
export class RedisMembers {
  readonly #link: CommandLink;
  readonly #settings: ChannelsSettings;
  readonly #instance: string;
  readonly #keyOf: (channel: string) => string;
  /** Of this instance: JSON by number, by channel. */
  readonly #joined = new Map<string, Map<string, string>>();
  /** Left while Redis could not be told. */
  readonly #untold = new Map<string, Set<string>>();
  #count = 0;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;

  constructor(link: CommandLink, settings: ChannelsSettings, instance: string, keyOf: (channel: string) => string) {
    this.#link = link;
    this.#settings = settings;
    this.#instance = instance;
    this.#keyOf = keyOf;
    link.onUp(() => {
      if (this.#joined.size > 0 || this.#untold.size > 0) void this.#beat();
    });
  }

  /** @throws HttpError `UNAVAILABLE` (rejected) where Redis cannot be told, unless channels may degrade. */
  async join<Data>(channel: string, data: Data): Promise<Membership<Data>> {
    const number = String(++this.#count);
    const json: string | undefined = JSON.stringify(data);
    const here = this.#joined.get(channel) ?? new Map<string, string>();
    this.#joined.set(channel, here.set(number, json ?? 'null'));
    this.#timer ??= this.#startBeating();
    try {
      await this.#run(JOIN, channel, [this.#instance, this.#settings.memberExpiryMs, number, json ?? 'null']);
    } catch (error) {
      // Redis may have heard of it all the same.
      if (!this.#settings.degrades) {
        await this.#leave(channel, number).catch(() => undefined);
        throw unavailable(error);
      }
    }
    return {
      id: `${this.#instance}:${number}`,
      data,
      leave: () => this.#leave(channel, number),
    };
  }

  async members(channel: string): Promise<readonly Member[]> {
    let found: unknown;
    try {
      found = await this.#run(MEMBERS, channel, []);
    } catch (error) {
      if (!this.#settings.degrades) throw unavailable(error);
      return this.#here(channel);
    }
    const members: { readonly time: number; readonly member: Member }[] = [];
    if (!Array.isArray(found)) return [];
    for (let index = 0; index < found.length; index += 2) {
      const [id, value] = [String(found[index]), String(found[index + 1])];
      const colon = value.indexOf(':');
      const data: unknown = JSON.parse(value.slice(colon + 1));
      members.push({ time: Number(value.slice(0, colon)), member: { id, data } });
    }
    members.sort((one, other) => one.time - other.time || byNumber(one.member, other.member));
    return members.map(({ member }) => member);
  }

  /** Leaves every channel, as far as Redis can be told now. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    const joined = [...this.#joined];
    this.#joined.clear();
    // Without a connection Redis finds out by itself: nobody puts off any more that this instance counts as dead.
    if (this.#link.client !== undefined) {
      await Promise.all(joined.map(([channel, here]) => settled(this.#tell(channel, [...here.keys()]))));
    }
    this.#untold.clear();
  }

  /** Only those of this instance: nobody else can be asked. */
  #here(channel: string): Member[] {
    return [...(this.#joined.get(channel) ?? [])].map(([number, json]) => ({
      id: `${this.#instance}:${number}`,
      data: JSON.parse(json) as unknown,
    }));
  }

  async #leave(channel: string, number: string): Promise<void> {
    const here = this.#joined.get(channel);
    if (here === undefined || !here.delete(number)) return;
    if (here.size === 0) this.#joined.delete(channel);
    try {
      await this.#tell(channel, [number]);
    } catch (error) {
      // Told with the next beat that gets through; or nobody puts off that this instance counts as dead.
      const untold = this.#untold.get(channel) ?? new Set();
      this.#untold.set(channel, untold.add(number));
      if (!this.#settings.degrades) throw unavailable(error);
    }
  }

  async #tell(channel: string, numbers: readonly string[]): Promise<void> {
    const { publishTimeoutMs } = this.#settings;
    const last = !this.#joined.has(channel);
    for (let start = 0; start < numbers.length; start += AT_ONCE) {
      const fields = numbers.slice(start, start + AT_ONCE).map((number) => `m:${this.#instance}:${number}`);
      if (last) fields.push(`i:${this.#instance}`);
      await this.#link.use(publishTimeoutMs, (client, left) =>
        this.#link.send(client, left, 'HDEL', this.#keyOf(channel), ...fields),
      );
    }
  }

  #startBeating(): NodeJS.Timeout {
    return setInterval(() => void this.#beat(), this.#settings.memberExpiryMs / 3).unref();
  }

  /** One at a time: a slow Redis must not get more and more of them. */
  #beat(): Promise<void> {
    return (this.#beating ??= this.#beatAll().finally(() => (this.#beating = undefined)));
  }

  /** One command a channel, however many members it has. What fails is done again with the next. */
  async #beatAll(): Promise<void> {
    if (this.#link.client === undefined) return;
    for (const [channel, numbers] of this.#untold) {
      const told = await settled(this.#tell(channel, [...numbers]));
      if (told) this.#untold.delete(channel);
    }
    const channels = [...this.#joined.keys()];
    await Promise.all(channels.map((channel) => settled(this.#beatOne(channel))));
    if (this.#joined.size > 0 || this.#untold.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #beatOne(channel: string): Promise<void> {
    const { memberExpiryMs } = this.#settings;
    const alive = await this.#run(BEAT, channel, [this.#instance, memberExpiryMs]);
    if (alive === 1) return;
    const members = [...(this.#joined.get(channel) ?? [])];
    for (let start = 0; start < members.length; start += AT_ONCE) {
      const some = members.slice(start, start + AT_ONCE).flat();
      await this.#run(JOIN, channel, [this.#instance, memberExpiryMs, ...some]);
    }
  }

  #run(script: Script, channel: string, args: readonly (string | number)[]): Promise<unknown> {
    const keys = [this.#keyOf(channel)];
    return this.#link.use(this.#settings.publishTimeoutMs, (client, left) =>
      script.run(this.#link, client, left, keys, args),
    );
  }
}

async function settled(work: Promise<unknown>): Promise<boolean> {
  const [{ status }] = await Promise.allSettled([work]);
  return status === 'fulfilled';
}

/** Of one instance, in the order of joining; of two, in any. */
function byNumber(one: Member, other: Member): number {
  return Number(one.id.slice(one.id.lastIndexOf(':') + 1)) - Number(other.id.slice(other.id.lastIndexOf(':') + 1));
}

function unavailable(cause: unknown): HttpError {
  return HttpError.of('UNAVAILABLE', 'the members of the channel are not available', { cause });
}
