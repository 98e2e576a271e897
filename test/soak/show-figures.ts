import type { Kind } from './account.js';
import type { AccountReport } from './clients-report.js';
import type { Growth } from './memory-samples.js';
import type { Figures } from './soak.js';

const KINDS: readonly Kind[] = ['connect', 'streamEvents', 'eventsource'];

/** What went wrong that must not; empty: the promise was kept. */
export function brokenPromises({ clients, crashes, uncleanEnds, memory }: Figures): string[] {
  const accounts = clients.flatMap((group) => group.accounts);
  const wrong = (name: 'lost' | 'invented' | 'doubled' | 'outOfOrder' | 'gaps' | 'sessionsLost') => {
    const count = sum(accounts, name);
    return count === 0 ? [] : [`${name}: ${count}`];
  };
  const twice = clients.reduce((total, { asked }) => total + asked.handledTwice, 0);
  return [
    ...wrong('lost'),
    ...wrong('invented'),
    ...wrong('doubled'),
    ...wrong('outOfOrder'),
    // What is kept is more than what anybody misses here.
    ...wrong('gaps'),
    ...wrong('sessionsLost'),
    ...(twice === 0 ? [] : [`requests handled twice: ${twice}`]),
    ...clients.flatMap(({ failures }) => failures),
    ...crashes.map((text) => `an instance has crashed: ${text}`),
    ...uncleanEnds.map((text) => `SIGTERM did not end with exit code 0: ${text}`),
    ...memory.flatMap(({ course }) => course?.failures() ?? []),
  ];
}

/** The figures as text. */
export function showFigures(figures: Figures, seconds: number): string {
  const { published, clients, ends, memory } = figures;
  const accounts = clients.flatMap((group) => group.accounts);
  const connects = clients.reduce((total, group) => total + group.connects, 0);
  const asked = clients.map((group) => group.asked);
  const unanswered: Record<string, number> = {};
  for (const one of asked) {
    for (const [code, count] of Object.entries(one.unanswered)) unanswered[code] = (unanswered[code] ?? 0) + count;
  }
  const total = (name: 'asked' | 'answered' | 'refused') => asked.reduce((count, one) => count + one[name], 0);
  const ended = Object.entries(ends).map(([name, count]) => `${name} ${count}`);
  return [
    `published ${published} in ${seconds} s, passed over ${figures.passedOver}, ${figures.retries} requests again, longest wait ${ms(figures.publisherWaitMs)}`,
    `ended: ${ended.join(', ')}; starts in vain ${figures.failedStarts}`,
    ...KINDS.map((kind) =>
      line(
        kind,
        accounts.filter((account) => account.kind === kind),
      ),
    ),
    `connections ${connects} for ${accounts.length} clients, refused without Redis ${total('refused')}`,
    `requests ${total('asked')}, answered ${total('answered')}, unanswered ${JSON.stringify(unanswered)}`,
    ...memory.map(
      ({ seconds: lived, rss, heap, sockets, course }) =>
        `memory over ${lived} s: rss ${grew(rss)}; heap ${grew(heap)}; sockets at most ${sockets.most}` +
        (course === undefined ? '' : `; never ended:\n${course.toString()}`),
    ),
  ].join('\n');
}

function line(kind: Kind, accounts: readonly AccountReport[]): string {
  const silence = Math.max(0, ...accounts.map(({ longestSilenceMs }) => longestSilenceMs));
  const names = [
    'delivered',
    'lost',
    'invented',
    'doubled',
    'outOfOrder',
    'gaps',
    'skipped',
    'resumed',
    'sessionsLost',
  ] as const;
  const counts = names.map((name) => `${name} ${sum(accounts, name)}`);
  return `${kind} × ${accounts.length}: ${counts.join(', ')}, longest silence ${ms(silence)}`;
}

function grew({ most, last, slope }: Growth): string {
  const growth = slope === undefined ? '' : `, ${kib(slope.perSecond)} ± ${kib(slope.error)} KiB/s`;
  return `at most ${most.toFixed(1)}, at the end ${last.toFixed(1)} MiB${growth}`;
}

function kib(mebibytes: number): string {
  return (mebibytes * 1024).toFixed(1);
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}

function sum<Name extends string>(accounts: readonly Record<Name, number>[], name: Name): number {
  return accounts.reduce((total, account) => total + account[name], 0);
}
