import { createHash } from 'node:crypto';
import { channels } from '../../src/adapters/index.ts';
import { policyTrial } from '../../src/app-controls.ts';
import { assembleLoop } from '../../src/assemble.ts';
import type { Event, Validity } from '../../src/core/event.ts';
import type { Fingerprinter } from '../../src/core/fingerprint.ts';
import { makeEvent } from '../../src/core/make-event.ts';
import type { AnswerLabels } from '../../src/core/message.ts';
import type { Person, Team } from '../../src/core/owner.ts';
import { indexPeople } from '../../src/core/people-index.ts';
import { keyedHash } from '../../src/lib/hmac.ts';
import { deliver } from '../../src/loop/deliver.ts';
import type { DeliverySettings, LoopParts } from '../../src/loop/parts.ts';
import { plan } from '../../src/loop/plan.ts';
import { sweep } from '../../src/loop/sweep.ts';
import { loadPacks, type Packs } from '../../src/packs/load.ts';
import { shippedPacksDir } from '../../src/packs/pack-folder.ts';
import type { Channel } from '../../src/ports/channel.ts';
import type { OwnerDirectory, People } from '../../src/ports/owner-directory.ts';
import type { Store } from '../../src/ports/store.ts';
import type { Verifier } from '../../src/ports/verifier.ts';

export const hour = 3_600_000;
export const day = 24 * hour;
/** A Monday, 10:00 UTC. */
export const monday = Date.UTC(2026, 10, 23, 10);

export type TestClock = { now(): number; set(at: number): void; pass(ms: number): void };

export function testClock(start = monday): TestClock {
  let at = start;
  return {
    now: () => at,
    set: (next) => {
      at = next;
    },
    pass: (ms) => {
      at += ms;
    },
  };
}

const key = (name: string) => createHash('sha256').update(`test key ${name}`).digest();

export const testKeys = {
  event: key('event'),
  token: key('token'),
  fingerprint: key('fingerprint'),
  assignment: key('assignment'),
  analytics: [{ id: 'a1', key: key('analytics') }],
};

/** Fingerprints under named test keys, the current one first. */
export function fingerprinterOf(keyIds: readonly string[]): Fingerprinter {
  return (kind, parts) =>
    keyIds.map((keyId) => ({ kind, keyId, value: keyedHash(key(`fingerprint ${keyId}`))([kind, ...parts]) }));
}

export const testFingerprinter: Fingerprinter = fingerprinterOf(['k1']);

export function personOf(id: string, over: Partial<Person> = {}): Person {
  return {
    id,
    name: id[0]?.toUpperCase() + id.slice(1),
    emails: [`${id}@example.com`],
    accounts: [{ system: 'github', name: id }],
    team: 'blue',
    isActive: true,
    isDuty: false,
    ...over,
  };
}

export const testPeople: readonly Person[] = [
  personOf('ana', { manager: 'mia' }),
  personOf('bob'),
  personOf('mia'),
  personOf('dora', { team: 'red', isDuty: true }),
  personOf('leo', { isActive: false }),
];
export const testTeams: readonly Team[] = [
  { id: 'blue', name: 'Blue', email: 'blue@example.com', handles: ['@acme/blue'] },
  { id: 'red', name: 'Red', handles: [] },
];

let packs: Packs | undefined;
export function shippedPacks(): Packs {
  if (packs !== undefined) return packs;
  const loaded = loadPacks(shippedPacksDir());
  if (loaded.kind === 'error') throw new Error(JSON.stringify(loaded.problems, undefined, 1));
  packs = loaded.packs;
  return packs;
}

export const testDelivery: DeliverySettings = {
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
  digestLoopsMax: 25,
  linkDays: 14,
};

export type HouseOptions = {
  /** Instead of `people`: a list that changes. */
  readonly everybody?: () => People | undefined;
  readonly store: Store;
  /** The packs that come with Foldback unless given. */
  readonly packs?: Packs;
  readonly clock?: TestClock;
  readonly delivery?: Partial<DeliverySettings>;
  readonly channels?: readonly Channel[];
  /** Whether single sign-on knows the people who are written to. */
  readonly recipientsSignIn?: boolean;
  readonly people?: readonly Person[];
  readonly teams?: readonly Team[];
  readonly directories?: readonly OwnerDirectory[];
  readonly verifiers?: readonly Verifier[];
  readonly publicUrl?: string;
  readonly answerLabels?: (language: string) => AnswerLabels | undefined;
  readonly snoozeLabel?: (language: string) => string | undefined;
  readonly howToCheck?: (language: string, code: string) => string | undefined;
};

export type House = {
  readonly parts: LoopParts;
  readonly clock: TestClock;
  /** Runs planning, sending and sweeping until nothing more is due now. */
  settleDown(): Promise<void>;
};

let salt = 0;

/** The loop as the product assembles it, over a given store, with a clock that the test moves. */
export function openHouse(options: HouseOptions): House {
  const clock = options.clock ?? testClock();
  const outbox = channels.find((channel) => channel.id === 'outbox')?.create({});
  if (outbox === undefined) throw new Error('no outbox');
  const people = indexPeople(options.people ?? testPeople, options.teams ?? testTeams);
  const parts = assembleLoop({
    store: options.store,
    clock,
    tryPolicy: policyTrial(shippedPacksDir()),
    packs: options.packs ?? shippedPacks(),
    people: options.everybody ?? (() => people),
    directories: options.directories ?? [],
    verifiers: options.verifiers ?? [],
    channels: [outbox, ...(options.channels ?? [])],
    keys: testKeys,
    selfReporting: ['by-hand'],
    delivery: { ...testDelivery, ...options.delivery },
    recipientsSignIn: options.recipientsSignIn ?? false,
    dutyEmails: [],
    language: 'en',
    ...(options.answerLabels === undefined ? {} : { answerLabels: options.answerLabels }),
    ...(options.snoozeLabel === undefined ? {} : { snoozeLabel: options.snoozeLabel }),
    ...(options.howToCheck === undefined ? {} : { howToCheck: options.howToCheck }),
    ownerThreshold: 0.6,
    backlogAfterMs: 72 * hour,
    publicUrl: options.publicUrl ?? 'http://127.0.0.1:4400',
    teamOfRepository: () => undefined,
    randomId: () => {
      salt += 1;
      return createHash('sha256').update(`${process.pid} ${salt}`).digest('hex').slice(0, 32);
    },
    wake: () => undefined,
  });
  return {
    parts,
    clock,
    settleDown: async () => {
      for (let turn = 0; turn < 50; turn += 1) {
        const planned = await plan(parts);
        const { sent, failed, uncertain } = await deliver(parts);
        const swept = await sweep(parts);
        if (planned + sent + failed + uncertain + swept === 0) return;
      }
    },
  };
}

export type Leak = {
  readonly at: number;
  readonly receivedAt?: number;
  readonly secret?: string;
  readonly author?: string;
  readonly validity?: Validity;
  readonly validityNote?: string;
  readonly commit?: string;
  readonly file?: string;
  readonly line?: number;
  readonly source?: string;
  readonly repository?: string;
  readonly provider?: string;
  readonly columns?: readonly [number, number];
  /** Names of the fingerprint keys in force, the current one first. */
  readonly keys?: readonly string[];
};

/** A value that no provider issues, with enough entropy to be content. */
export function fakeSecret(n: number): string {
  return `zq${createHash('sha256').update(`secret ${n}`).digest('base64url').slice(0, 30)}`;
}

export function leak(given: Leak): Event {
  return makeEvent(
    {
      source: given.source ?? 'scanner',
      kind: 'secret.committed',
      occurredAt: given.at,
      where: {
        repository: given.repository ?? 'acme/shop',
        file: given.file ?? 'src/config.py',
        line: given.line ?? 12,
        ...(given.commit === undefined ? {} : { commit: given.commit }),
        ...(given.columns === undefined
          ? {}
          : { startColumn: given.columns[0], endColumn: given.columns[1] }),
      },
      leads:
        given.author === undefined
          ? []
          : [{ kind: 'commit-author', name: given.author, email: `${given.author}@example.com` }],
      actor:
        given.author === undefined
          ? { type: 'unknown' }
          : { type: 'person', name: given.author, email: `${given.author}@example.com` },
      secret: {
        provider: given.provider ?? 'aws',
        rule: 'aws-key',
        value: given.secret,
        validity: given.validity ?? 'unknown',
        ...(given.validityNote === undefined ? {} : { validityNote: given.validityNote }),
      },
    },
    tools(given.receivedAt ?? given.at, given.keys),
  );
}

/** The source says whether the secret works, without a new sighting. */
export function status(given: {
  readonly at: number;
  readonly secret: string;
  readonly validity: Validity;
  readonly source?: string;
  readonly state?: string;
  readonly action?: string;
}): Event {
  return makeEvent(
    {
      source: given.source ?? 'scanner',
      kind: 'secret.status',
      id: [given.validity, given.at, given.state],
      occurredAt: given.at,
      secret: { provider: 'aws', rule: 'aws-key', value: given.secret, validity: given.validity },
      record:
        given.state === undefined
          ? {}
          : { state: given.state, ...(given.action === undefined ? {} : { action: given.action }) },
    },
    tools(given.at),
  );
}

/** What sources are given to make events with. */
export function tools(receivedAt: number, keys: readonly string[] = ['k1']) {
  return {
    receivedAt,
    fingerprint: fingerprinterOf(keys),
    eventId: (parts: readonly string[]) => keyedHash(testKeys.event)(parts),
  };
}
