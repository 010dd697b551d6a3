import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { byHand, channels, sources, verifiers } from './adapters/index.ts';
import { readEventBatches } from './adapters/read-events.ts';
import { openEmbedded, openPostgres } from './adapters/stores/postgres/open.ts';
import { type AccessDesk, openAccess } from './app-access.ts';
import { openBackup } from './app-backup.ts';
import { policyTrial } from './app-controls.ts';
import { openDirectory, openPushed, type PushedList } from './app-directory.ts';
import type { SchemaProgress } from './app-door.ts';
import { openSuppressions } from './app-duties.ts';
import { knowsPeople, openIdentity } from './app-identity.ts';
import { checkKeys } from './app-keys.ts';
import { openLinkDesk, openRefusedLinks, type RefusedLinks } from './app-links.ts';
import { checkBreached, openPasswordJudge } from './app-passwords.ts';
import { followPolicyFolder, livePolicyFolder } from './app-policies.ts';
import { nameUnits } from './app-pseudonyms.ts';
import { assembleLoop } from './assemble.ts';
import { channelsInUse, hourOf } from './config/checks.ts';
import { openDataSeal, openPassingSeal } from './config/data-key.ts';
import type { KeySet } from './config/keys.ts';
import type { Config } from './config/schema.ts';
import { openPacks } from './content.ts';
import type { Fingerprinter } from './core/fingerprint.ts';
import { contentReader } from './enrich.ts';
import type { SingleSignOn } from './http/access-desks.ts';
import type { ByHand, DirectoryDesk, ReportBatch, ReportOptions } from './http/http-parts.ts';
import type { LinkDesk } from './http/link-desk.ts';
import { openPolicyDesk, type PolicyDesk } from './http/policy/policy-desk.ts';
import { appendCheckpoint, compareCheckpoints, readCheckpointFile } from './ledger/checkpoint-file.ts';
import { sealRows } from './ledger/rows.ts';
import { onlyMembers, type PublicKey } from './ledger/seal.ts';
import { type SigningKey, signingKey } from './lib/ed25519.ts';
import { openClones, repositoryKey } from './lib/git/clones.ts';
import { keyedHash } from './lib/hmac.ts';
import { limits } from './lib/limits.ts';
import type { Log } from './lib/log.ts';
import type { DeliverySettings, LoopParts } from './loop/parts.ts';
import { loopPrincipal } from './loop/parts.ts';
import type { Sealer } from './loop/seal.ts';
import { openOwners, ownerFiles } from './owner-directories.ts';
import type { Packs } from './packs/load.ts';
import type { PreviewChannel } from './packs/preview.ts';
import { answerLabels } from './pages/answer-labels.ts';
import { fill } from './pages/page-text.ts';
import type { PageWords } from './pages/page-words.ts';
import type { Channel } from './ports/channel.ts';
import type { Clock } from './ports/clock.ts';
import type { MapContext, OpenReceiver, Source } from './ports/source.ts';
import type { Store } from './ports/store.ts';
import { previewChannels } from './preview-channels.ts';
import { tracedChannel } from './traced-channel.ts';

export type App = AccessDesk & {
  readonly config: Config;
  readonly log: Log;
  readonly parts: LoopParts;
  /** Those that are switched on. */
  readonly channels: readonly Channel[];
  readonly packs: Packs<PageWords>;
  readonly previews: readonly PreviewChannel[];
  readonly sources: readonly Source[];
  readonly sourceSecrets: (id: string) => readonly string[];
  readonly receivers: ReadonlyMap<string, OpenReceiver>;
  readonly mapContext: (receivedAt: number) => MapContext;
  /** Reads a report of any length in batches. */
  readonly readReport: (
    input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options: ReportOptions,
  ) => AsyncIterable<ReportBatch>;
  /** A case that a person reports. */
  readonly byHand: ByHand;
  readonly directory: DirectoryDesk;
  readonly links: LinkDesk;
  readonly singleSignOn: SingleSignOn | undefined;
  readonly policies: PolicyDesk;
  /** Takes over policies that are changed while the process runs. */
  readonly followPolicies: () => { stop(): Promise<void> };
  /** Reads what other processes were told of people, and passes on who left. */
  readonly followDirectory: () => Promise<void>;
  readonly sealer: Sealer;
  readonly signer: SigningKey;
  readonly publicKeys: readonly PublicKey[];
  /** Key of the proofs that a form of ours was filled in. */
  readonly formKey: Uint8Array;
  /** Embedded store: good for trying, said for as long as it is used. */
  readonly isEvaluation: boolean;
  /** Everything stored, packed. */
  readonly backup: () => ReturnType<typeof openBackup>;
  readonly isReady: () => Promise<boolean>;
  /** Called by the loop when something fell due; the worker of this process puts itself here. */
  readonly onWake: (listener: () => void) => void;
  close(): Promise<void>;
};

export type AppOptions = {
  readonly config: Config;
  readonly keys: KeySet;
  readonly log: Log;
  readonly clock?: Clock;
  /** Nothing rests: for the demonstration and for tests. */
  readonly isInMemory?: boolean;
  /** One in memory that is open already; it is closed with the app. */
  readonly store?: Store;
  /** Told before each step by which the schema is brought up to date. */
  readonly onSchemaStep?: (progress: SchemaProgress) => void;
};

export const systemClock: Clock = { now: () => Date.now() };

/** Loads the content, opens the store and the world and puts the loop together. Faults are `AppError`s. */
export async function openApp(options: AppOptions): Promise<App> {
  const { config, keys, log } = options;
  const clock = options.clock ?? systemClock;
  const packs = openPacks(config.packs);
  const clones = openClones(config.repositories.map(({ name, path }) => ({ repository: name, path })));
  const fingerprint = fingerprinter(keys);
  const hash = keyedHash(keys.event.key);
  const suppressions = openSuppressions(config.suppressions, clock.now(), hash, log);
  const world = {
    clones,
    fingerprint,
  };
  const receivers = await openReceivers(config);
  let pushed: PushedList | undefined;
  let refused: RefusedLinks | undefined;
  const owners = await openOwners(
    { clones, weights: packs.ownerWeights, peopleFile: config.people, files: ownerFiles(config) },
    () => pushed?.people(),
    () => refused?.all() ?? [],
  );
  const watchers = (await Promise.all(verifiers.map((adapter) => adapter.open(world)))).filter(
    (verifier) => verifier !== undefined,
  );
  await checkBreached(config.access.local.breachedPasswords);
  const store = await openStore(config, options);
  try {
    await checkKeys(store, keys);
    pushed = await openPushed(store);
    refused = await openRefusedLinks(store);
  } catch (error) {
    await store.close();
    throw error;
  }

  owners.changed(true);
  for (const conflict of owners.conflicts()) log.warn({ ...conflict }, 'directories of people disagree');
  let listener: () => void = () => undefined;
  const open = openChannels(config);
  const teams = new Map(
    config.repositories.flatMap(({ name, team }) =>
      team === undefined ? [] : [[repositoryKey(name), team]],
    ),
  );
  const inUse = channelsInUse(config);
  const leaves = open.some((channel) => inUse.includes(channel.id) && channel.leavesMachine);
  if (
    config.delivery.mode === 'live' &&
    leaves &&
    config.duty.emails.length === 0 &&
    (owners.people()?.duty() ?? []).length === 0
  ) {
    log.warn(
      {},
      'nobody has the duty role: what has no owner reaches no one. Set duty.emails, or duty in the file of people',
    );
  }
  const parts = assembleLoop({
    store,
    clock,
    packs,
    people: owners.people,
    directories: owners.directories,
    verifiers: watchers,
    trustNetworks: config.trust,
    enrich: contentReader({ clones, fingerprint, sources }),
    channels: open,
    keys: {
      event: keys.event.key,
      token: keys.token[0].key,
      assignment: keys.assignment.key,
      analytics: keys.analytics ?? [],
    },
    selfReporting: [byHand.source],
    delivery: deliverySettings(config),
    recipientsSignIn: knowsPeople(config),
    dutyEmails: config.duty.emails,
    language: config.delivery.language,
    answerLabels: (language) => answerLabels(packs.page(language)),
    snoozeLabel: (language) => packs.page(language)?.press.snoozeLabel,
    howToCheck: (language, code) => {
      const sentence = packs.page(language)?.authentic.howToCheck;
      const { publicUrl, host, port } = config.http;
      const own = publicUrl === undefined ? `${host}:${port}` : publicUrl.replace(/^https?:\/\//u, '');
      return sentence === undefined ? undefined : fill(sentence, { host: own, code }).join('');
    },
    ownerThreshold: 0.6,
    backlogAfterMs: config.backlog.afterHours * 3_600_000,
    publicUrl: config.http.publicUrl ?? `http://${config.http.host}:${config.http.port}`,
    teamOfRepository: (repository) => (teams.size === 0 ? undefined : teams.get(repositoryKey(repository))),
    suppressions,
    tryPolicy: policyTrial(packs.dir),
    randomId: () => randomBytes(16).toString('hex'),
    wake: () => listener(),
  });

  await nameUnits(parts);
  const mapContext = (receivedAt: number): MapContext => ({
    receivedAt,
    fingerprint,
    eventId: (given) => hash(given),
  });
  const directory = openDirectory({ parts, owners, pushed, refused, mapContext, log });
  const links = openLinkDesk({ ...parts, ...owners, refused, changed: () => owners.changed(true) });
  const policies = openPolicyDesk({ live: livePolicyFolder(packs.dir), parts, mapContext, log });
  const signer = signingKey(keys.ledger[0].key);
  const checkpointFile = config.ledger.checkpoints ?? join(config.data.dir, 'checkpoints.jsonl');
  const access = openAccess(store, clock, {
    limits: config.access.session,
    people: owners.people,
    hasAccounts: config.access.local.accounts,
    rule: config.access.local.secondFactor,
    isStrict: config.access.local.strictCodes,
    judge: openPasswordJudge(config.access.local.breachedPasswords),
    attemptKey: keyedHash(Buffer.from(keyedHash(keys.token[0].key)(['attempts key/1'], 256), 'hex')),
    house: `Foldback ${config.organisation.name}`,
    seal: options.isInMemory === true ? openPassingSeal(randomBytes) : openDataSeal(config, randomBytes),
  });
  const identity = openIdentity({ config, store, clock, people: owners.people, sessions: access.sessions });
  return {
    ...access,
    singleSignOn: identity?.desk,
    config,
    log,
    parts,
    channels: open,
    packs,
    previews: previewChannels(packs),
    sources,
    receivers,
    sourceSecrets: (id) => config.sources[id]?.secrets ?? [],
    mapContext,
    readReport: (input, given) =>
      readEventBatches(input, { sources, limits: { ...limits, ...config.limits }, ...given }),
    byHand,
    directory: directory.desk,
    links,
    policies,
    followPolicies: () => followPolicyFolder(packs.dir, policies, log),
    followDirectory: directory.follow,
    signer,
    sealer: openSealer(signer, options.isInMemory === true ? undefined : checkpointFile),
    publicKeys: keys.ledger.map(({ key }) => {
      const { keyId, publicKey } = signingKey(key);
      return { keyId, publicKey };
    }),
    formKey: Buffer.from(keyedHash(keys.token[0].key)(['form key/1'], 256), 'hex'),
    isEvaluation: config.database.url === undefined,
    backup: () => openBackup(store, clock.now(), options.isInMemory === true ? undefined : config.data.dir),
    isReady: () =>
      store.read.setting(loopPrincipal, 'keys').then(
        (value) => value !== undefined,
        () => false,
      ),
    onWake: (next) => {
      listener = next;
    },
    close: async () => {
      await Promise.all(open.map((channel) => channel.close?.()));
      await identity?.close();
      clones.close();
      policies.live.close();
      await store.close();
    },
  };
}

/** Fingerprints under every retained key, the current one's first. */
export function fingerprinter(keys: Pick<KeySet, 'fingerprint'>): Fingerprinter {
  const rings = keys.fingerprint.map(({ id, key }) => ({ id, hash: keyedHash(key) }));
  return (kind, parts) => rings.map(({ id, hash }) => ({ kind, keyId: id, value: hash([kind, ...parts]) }));
}

/** Starts at once, so that what else is waited for at a start is waited for at the same time. */
export const openInMemory = (): Promise<Store> => openEmbedded(undefined, undefined, true);

async function openStore(
  config: Config,
  { isInMemory, store, onSchemaStep }: Pick<AppOptions, 'isInMemory' | 'store' | 'onSchemaStep'>,
): Promise<Store> {
  const { url, connectionsMax } = config.database;
  // What is held in memory alone is a demonstration.
  if (isInMemory === true) return store ?? openInMemory();
  if (url === undefined) return openEmbedded(join(config.data.dir, 'store'), onSchemaStep);
  return openPostgres(url, { connectionsMax, ...(onSchemaStep === undefined ? {} : { onSchemaStep }) });
}

async function openReceivers(config: Config): Promise<ReadonlyMap<string, OpenReceiver>> {
  const receivers = new Map<string, OpenReceiver>();
  for (const { id, receiver } of sources) {
    const settings = config.sources[id]?.receiver;
    if (receiver !== undefined && settings !== undefined) receivers.set(id, await receiver.open(settings));
  }
  return receivers;
}

function openChannels(config: Config): readonly Channel[] {
  return channels.flatMap((adapter) => {
    const settings = config.channels[adapter.id];
    const isWanted =
      settings !== undefined || channelsInUse(config).includes(adapter.id) || adapter.id === shadowChannel();
    return isWanted ? [tracedChannel(adapter.create(settings ?? {}))] : [];
  });
}

/** The channel of a shadow installation: the one from which nothing leaves. */
function shadowChannel(): string {
  return channels.find((adapter) => !adapter.leavesMachine)?.id ?? '';
}

export function deliverySettings(config: Config): DeliverySettings {
  const { delivery, attention } = config;
  return {
    mode: delivery.mode,
    rollout: delivery.rollout.map(({ stage, behaviour, team, share }) => ({
      stage,
      ...(behaviour === undefined ? {} : { behaviour }),
      ...(team === undefined ? {} : { team }),
      ...(share === undefined ? {} : { share }),
    })),
    channel: delivery.channel,
    shadowChannel: shadowChannel(),
    ladder: config.ladder,
    quietHours: { from: hourOf(delivery.quietHours.from), to: hourOf(delivery.quietHours.to) },
    workingHours: {
      from: hourOf(delivery.workingHours.from),
      to: hourOf(delivery.workingHours.to),
      days: delivery.workingHours.days,
      holidays: new Set(delivery.workingHours.holidays),
    },
    timeZone: delivery.timeZone,
    perPersonPerDayMax: delivery.perPersonPerDayMax,
    perTeamPerDayMax: delivery.perTeamPerDayMax,
    releasedPerPersonPerDayMax: delivery.releasePerPersonPerDayMax,
    urgentSeverity: delivery.urgentSeverity,
    attemptsMax: delivery.attemptsMax,
    digestLoopsMax: delivery.digestLoopsMax,
    linkDays: delivery.linkDays,
    holidays: config.holidays,
    snooze: attention.snooze,
    leaveWaitDaysMax: attention.leave.waitDaysMax,
    coachingEveryMs: attention.coachingEveryDays * 86_400_000,
  };
}

/** Signs checkpoints and, unless nothing rests, keeps a copy of each in a file beside the database. */
function openSealer(key: SigningKey, file: string | undefined): Sealer {
  return {
    seal: (heads, previous, at) => sealRows(heads, previous, at, key),
    keep: async (row) => {
      if (file === undefined) return;
      // With a database elsewhere nothing else has made the folder.
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await appendCheckpoint(file, onlyMembers(row));
    },
    missing: async (stored) => {
      if (file === undefined) return [];
      const { checkpoints } = await readCheckpointFile(file);
      const lacking = new Set(
        compareCheckpoints(checkpoints, stored.map(onlyMembers)).toAppend.map(({ n }) => n),
      );
      return stored.filter(({ n }) => lacking.has(n));
    },
  };
}
