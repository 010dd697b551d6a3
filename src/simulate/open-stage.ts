import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { channels, sources } from '../adapters/index.ts';
import { openEmbedded } from '../adapters/stores/postgres/open.ts';
import { assembleLoop } from '../assemble.ts';
import { openPacks } from '../content.ts';
import { openClones } from '../lib/git/clones.ts';
import { keyedHash } from '../lib/hmac.ts';
import { openOwners } from '../owner-directories.ts';
import type { Channel } from '../ports/channel.ts';
import type { People } from '../ports/owner-directory.ts';
import type { Store } from '../ports/store.ts';
import { type Circumstance, openHostile } from './circumstances.ts';
import { writeCompany } from './company-files.ts';
import { openDraws } from './draw.ts';
import type { Organisation } from './organisation.ts';
import { middleOf, type Stage } from './run-story.ts';
import { writePacks } from './words.ts';

export type OpenedStage = Stage & { close(): Promise<void> };

/** Networks of those who test mails for others; nobody's click. */
const securityTeam = ['198.51.100.0/24'];

export type StageOptions = {
  readonly seed: number;
  readonly start: number;
  readonly days: number;
  readonly circumstances?: readonly Circumstance[];
  /** An empty one; one in memory unless given. It is closed with the stage. */
  readonly openStore?: () => Promise<Store>;
};

/** The real loop over an empty store, with the directories of the company and a channel that may fail. */
export async function openStage(organisation: Organisation, options: StageOptions): Promise<OpenedStage> {
  const { seed, start, days } = options;
  const folder = await mkdtemp(join(tmpdir(), 'foldback-simulate-'));
  try {
    const files = await writeCompany(folder, organisation);
    await writePacks(join(folder, 'packs'));
    const packs = openPacks(join(folder, 'packs'));
    const clones = openClones(files.clones);
    const owners = await openOwners({
      clones,
      weights: packs.ownerWeights,
      peopleFile: files.people,
      files: { labels: files.labels },
    });
    const store = await (options.openStore ?? openEmbedded)();
    const gone = new Set<string>();
    const known = owners.people();
    const people = known === undefined ? undefined : withoutLeavers(known, gone);
    const hostile = openHostile(openDraws(seed), middleOf(start, days), options.circumstances ?? []);
    const key = (name: string) => createHash('sha256').update(`simulation ${seed} ${name}`).digest();
    const hash = keyedHash(key('event'));
    const fingerprint = keyedHash(key('fingerprint'));
    let now = start;
    let counter = 0;
    const clock = {
      now: () => now,
      set: (at: number) => {
        now = at;
      },
    };
    const news: string[] = [];
    const parts = assembleLoop({
      store,
      clock,
      packs,
      people: () => people,
      directories: owners.directories,
      verifiers: [],
      trustNetworks: { scanners: [], securityTeam },
      channels: [
        unsteadyOutbox(
          seed,
          (id) => news.push(id),
          (id) => hostile.refuses(id, now),
        ),
      ],
      keys: {
        event: key('event'),
        token: key('token'),
        assignment: key('assignment'),
        analytics: [{ id: 'simulated', key: key('analytics') }],
      },
      delivery: {
        mode: 'live',
        channel: 'outbox',
        shadowChannel: 'outbox',
        quietHours: { from: 20, to: 8 },
        workingHours: { from: 9, to: 17, days: [1, 2, 3, 4, 5] },
        timeZone: 'UTC',
        perPersonPerDayMax: 3,
        releasedPerPersonPerDayMax: 1,
        urgentSeverity: 'critical',
        attemptsMax: 8,
        digestLoopsMax: 20,
        linkDays: 14,
      },
      dutyEmails: [],
      language: 'en',
      ownerThreshold: 0.6,
      backlogAfterMs: 72 * 3_600_000,
      publicUrl: 'http://127.0.0.1:4400',
      teamOfRepository: () => undefined,
      randomId: () => {
        counter += 1;
        return createHash('sha256').update(`simulation ${seed} ${counter}`).digest('hex').slice(0, 32);
      },
      wake: () => undefined,
    });
    return {
      parts,
      clock,
      sources,
      mapContext: (receivedAt) => ({
        receivedAt,
        fingerprint: (kind, given) => [{ kind, keyId: 'simulation', value: fingerprint([kind, ...given]) }],
        eventId: (given) => hash(given),
      }),
      // In one order, whichever send ended first.
      accepted: async () => news.splice(0).sort(),
      left: (people) => {
        for (const id of people) gone.add(id);
      },
      close: async () => {
        clones.close();
        await store.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The outbox, which now and then does not answer and now and then says nothing after it took a message. */
function unsteadyOutbox(
  seed: number,
  accepted: (message: string) => void,
  refuses: (message: string) => boolean,
): Channel {
  const outbox = channels.find(({ id }) => id === 'outbox')?.create({});
  if (outbox === undefined) throw new Error('no outbox');
  const draws = openDraws(seed);
  const reached = new Set<string>();
  return {
    ...outbox,
    send: async (delivery) => {
      const fate = draws.unit('channel', delivery.messageId, delivery.attempt);
      if (refuses(delivery.messageId))
        return { kind: 'refused', reason: 'the channel takes nothing for them' };
      if (fate < 0.03) return { kind: 'retry', reason: 'the channel is down', afterSeconds: 1_800 };
      if (!reached.has(delivery.messageId)) accepted(delivery.messageId);
      reached.add(delivery.messageId);
      return fate < 0.05 ? { kind: 'uncertain', reason: 'the channel broke off' } : outbox.send(delivery);
    },
  };
}

type Person = NonNullable<ReturnType<People['person']>>;

/** The directory as it is once some have left during the story. */
function withoutLeavers(people: People, gone: ReadonlySet<string>): People {
  const now = (person: Person): Person => (gone.has(person.id) ? { ...person, isActive: false } : person);
  const found = (person: Person | undefined) => (person === undefined ? undefined : now(person));
  return {
    person: (id) => found(people.person(id)),
    team: (id) => people.team(id),
    byEmail: (email) => found(people.byEmail(email)),
    byAccount: (system, name) => found(people.byAccount(system, name)),
    teamByHandle: (handle) => people.teamByHandle(handle),
    find: (text) => found(people.find(text)),
    duty: () => people.duty(),
    all: () => people.all().map(now),
    teams: () => people.teams(),
  };
}
