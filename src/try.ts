import { randomBytes } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { sources } from './adapters/readers.ts';
import { assembleLoop } from './assemble.ts';
import { openPacks } from './content.ts';
import { AppError, type ErrorPlace } from './core/errors.ts';
import type { Fingerprinter } from './core/fingerprint.ts';
import { repositoryName } from './core/repository-name.ts';
import { ownerThresholdDefault } from './core/resolve-owner.ts';
import { contentReader } from './enrich.ts';
import { absent } from './lib/absent.ts';
import { type CloneSetting, type Clones, openClones } from './lib/git/clones.ts';
import { locateGitDir } from './lib/git/locate.ts';
import { remoteUrls } from './lib/git/remotes.ts';
import { keyedHash } from './lib/hmac.ts';
import type { ByteStream } from './lib/records/read-text.ts';
import { caseKeys, groupBy, joinAll } from './loop/assign.ts';
import { directoryEvidence } from './loop/gather.ts';
import { spanOf } from './loop/group.ts';
import { foldGroup, type Told } from './loop/ingest.ts';
import type { DeliverySettings, LoopParts } from './loop/parts.ts';
import { type Owners, openOwners } from './owner-directories.ts';
import type { Packs } from './packs/load.ts';
import type { Source } from './ports/source.ts';
import type { LoopRow } from './ports/store.ts';
import { findSource, readReport } from './try-read.ts';
import { type Said, sayingOf } from './try-said.ts';

export type TryOptions = {
  readonly input: ByteStream;
  readonly fileName?: string;
  /** Id of the source; told from the beginning of the input when left out. */
  readonly source?: string;
  /** A local clone: its authors, its CODEOWNERS, and the repository's name when the report has none. */
  readonly repo?: string;
  /** File of people and teams. */
  readonly people?: string;
  /** Content that was read already; the packs that come with Foldback unless given. */
  readonly packs?: Packs;
  readonly now: number;
};

export type TrySummary = {
  readonly events: number;
  /** Events that stand more than once in the input. */
  readonly duplicates: number;
  readonly untrusted: number;
  /** Events that no behaviour speaks of. */
  readonly unmatched: number;
  readonly rejected: number;
  readonly loops: number;
  /** Who owns the loops, by how they are known. */
  readonly owners: { readonly person: number; readonly team: number; readonly unknown: number };
};

export type Tried = {
  readonly said: readonly Said[];
  readonly summary: TrySummary;
  /** Which source read the input; undefined when it held nothing at all. */
  readonly source: Source | undefined;
  /** The first records that could not be taken, with their lines. */
  readonly rejected: readonly ErrorPlace[];
  /** Repositories of findings of which no clone is at hand, though one was given. */
  readonly elsewhere: readonly string[];
};

/**
 * The dry run: reads a report and says who would be told what once it is released. Opens no store and no network,
 * writes nothing, and forgets its keys with the process. Faults are `AppError`s that name what and where.
 */
export async function tryReport(options: TryOptions): Promise<Tried> {
  const source = options.source === undefined ? undefined : findSource(options.source);
  const clone = options.repo === undefined ? undefined : await readClone(options.repo);
  const packs = options.packs ?? openPacks(undefined);
  const clones = openClones(clone?.settings ?? []);
  try {
    const owners = await openOwners({ clones, weights: packs.ownerWeights, peopleFile: options.people });
    const hash = keyedHash(randomBytes(32));
    const fingerprint: Fingerprinter = (kind, given) => [
      { kind, keyId: 'dry-run', value: hash([kind, ...given]) },
    ];
    const enrich = contentReader({ clones, fingerprint, sources });
    const parts = assemble(options.now, packs, owners, enrich);
    const repository = clone === undefined ? {} : { repository: clone.name };
    const fileName = options.fileName === undefined ? {} : { fileName: options.fileName };
    const context = { receivedAt: options.now, fingerprint, eventId: hash, ...repository };
    const read = await readReport({ input: options.input, source, context, ...fileName }, parts);
    const told = await complete(parts, read.told);
    const people = owners.people();
    const voice = { parts, packs, people, ownerThreshold: ownerThresholdDefault, now: options.now };
    const sayings = foldAll(parts, told, options.now).map((row) => sayingOf(row, voice));
    const { counts } = read;
    const owned = (kind: 'person' | 'team' | 'unknown') =>
      sayings.filter(({ owner }) => owner === kind).length;
    return {
      said: sayings.flatMap(({ said }) => said ?? []),
      summary: {
        events: counts.events,
        duplicates: counts.duplicates,
        untrusted: told.filter(({ trust }) => trust?.outcome === 'untrusted').length,
        unmatched: counts.unmatched,
        rejected: counts.rejected,
        loops: sayings.length,
        owners: { person: owned('person'), team: owned('team'), unknown: owned('unknown') },
      },
      source: read.source,
      rejected: read.rejected,
      elsewhere: clone === undefined ? [] : await elsewhere(clones, told),
    };
  } finally {
    clones.close();
  }
}

type NamedClone = { readonly name: string; readonly settings: readonly CloneSetting[] };

/** A clone answers for the repositories that its remotes name; one without remotes for whatever the report says. */
async function readClone(folder: string): Promise<NamedClone> {
  const path = resolve(folder);
  const located = await locateGitDir(path);
  if (located.kind === 'none') throw new AppError('bad-request', `${folder}: ${located.reason}`);
  const urls = await remoteUrls(located.gitDir);
  const names = urls.map(repositoryName).filter((name) => name !== undefined);
  const [name] = names;
  if (name === undefined) return { name: basename(path), settings: [{ repository: '*', path }] };
  return { name, settings: names.map((repository) => ({ repository, path })) };
}

/** As a new installation has them; nothing of it delays what is said here. */
const delivery: DeliverySettings = {
  mode: 'shadow',
  channel: '',
  shadowChannel: '',
  quietHours: { from: 20, to: 8 },
  workingHours: { from: 9, to: 17, days: [1, 2, 3, 4, 5] },
  timeZone: 'UTC',
  perPersonPerDayMax: 3,
  releasedPerPersonPerDayMax: 1,
  urgentSeverity: 'critical',
  attemptsMax: 1,
  digestLoopsMax: 20,
  linkDays: 14,
};

function assemble(now: number, packs: Packs, owners: Owners, enrich: LoopParts['enrich']): LoopParts {
  return assembleLoop({
    store: absent('a dry run has no store'),
    enrich,
    clock: { now: () => now },
    packs,
    people: owners.people,
    directories: owners.directories,
    verifiers: [],
    channels: [],
    keys: { event: randomBytes(32), token: randomBytes(32), assignment: randomBytes(32) },
    delivery,
    dutyEmails: [],
    language: 'en',
    ownerThreshold: ownerThresholdDefault,
    backlogAfterMs: 0,
    teamOfRepository: () => undefined,
    randomId: () => randomBytes(16).toString('hex'),
    wake: () => undefined,
  });
}

/** What clones and directories add: the content at an exact place, and evidence for the owner. */
async function complete(parts: LoopParts, told: readonly Told[]): Promise<readonly Told[]> {
  const events = await parts.enrich(told.map(({ event }) => event));
  const evidence = await directoryEvidence(parts.directories, events, parts.ownerWeights);
  return told.map((item, at) => ({
    ...item,
    event: events[at] ?? item.event,
    evidence: evidence[at] ?? [],
  }));
}

/** The loops of all events, as `ingest` would open them in an empty store; those without a failure are left out. */
function foldAll(parts: LoopParts, told: readonly Told[], now: number): readonly LoopRow[] {
  const keys = told.map(caseKeys);
  const spans = told.map(({ event }) => spanOf(event, parts.idOf));
  const sets = joinAll(told, keys, spans);
  const batch = { source: '', receivedAt: now, events: [], mode: 'history' } as const;
  const context = { parts, batch, rows: new Map(), known: new Set<string>(), suppressions: [] };
  return groupBy(told.length, sets.find).flatMap((indexes) => {
    const members = indexes.flatMap((index) => told[index] ?? []);
    const ids = members.map(({ event }) => event.id).sort();
    const behaviour = members[0]?.behaviour ?? '';
    const fresh = parts.idOf(['loop', behaviour, ids[0] ?? '']);
    const { changes } = foldGroup(context, { behaviour, told: members, loops: [], fresh });
    return changes
      .filter(({ facts }) => facts.kept.length > 0)
      .map(({ before, facts }) => ({ ...before, facts }));
  });
}

/** Asked of the directories in vain: findings in repositories that the given clone is not a clone of. */
async function elsewhere(clones: Clones, told: readonly Told[]): Promise<readonly string[]> {
  const named = new Set(told.flatMap(({ event }) => event.where.repository ?? []));
  const missing: string[] = [];
  for (const repository of named) {
    if ((await clones.find(repository)).kind === 'none') missing.push(repository);
  }
  return missing.sort();
}
