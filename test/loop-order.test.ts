import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../src/core/event.ts';
import { caseKeys, groupBy, joinAll } from '../src/loop/assign.ts';
import { directoryEvidence } from '../src/loop/gather.ts';
import { spanOf } from '../src/loop/group.ts';
import { foldGroup, ingest, type Told } from '../src/loop/ingest.ts';
import { decidingEvidence, type LoopParts, loopPrincipal } from '../src/loop/parts.ts';
import { standing } from '../src/loop/settle.ts';
import { tell } from '../src/loop/tell.ts';
import type { LoopRow, Store, SuppressionRow } from '../src/ports/store.ts';
import { type House, monday, openHouse, personOf } from './support/house.ts';
import { lendEmbedded } from './support/lent-stores.ts';
import {
  type Again,
  again,
  eventOf,
  eventSpecs,
  reports,
  type Spec,
  suppressionDays,
} from './support/order-events.ts';

const suppressions: readonly SuppressionRow[] = [
  {
    id: '5'.repeat(32),
    kind: 'path',
    pattern: 'test/**',
    reason: 'test data',
    by: 'dora',
    until: monday + suppressionDays,
    createdAt: monday,
  },
];

const receivedAt = monday;
let run = 0;

/** A house of its own for each run: people, secrets and commits that no other run has. */
function newHouse(store: Store): { readonly house: House; readonly salt: string } {
  run += 1;
  const salt = String(1000 + run);
  const people = ['ana', 'bob', 'leo'].map((name) =>
    personOf(`${name}${salt}`, {
      isActive: name !== 'leo',
      ...(name === 'leo' ? { manager: `ana${salt}` } : {}),
    }),
  );
  return { house: openHouse({ store, people }), salt };
}

type Case = {
  readonly events: readonly string[];
  readonly state: LoopRow['state'];
  readonly rung: LoopRow['rung'];
  readonly owner: LoopRow['owner'];
  readonly facts: unknown;
};

/** What the events come to when they are folded all at once, without a store. */
async function foldedAtOnce(parts: LoopParts, events: readonly Event[]): Promise<readonly Case[]> {
  const evidence = await directoryEvidence([], events, parts.ownerWeights);
  const told = events.flatMap((event, at) =>
    tell(parts, event, parts.classify(event)).told.map((item): Told => {
      return { ...item, evidence: item.role === 'failed' ? (evidence[at] ?? []) : [] };
    }),
  );
  const spans = told.map(({ event }) => spanOf(event, parts.idOf));
  const sets = joinAll(told, told.map(caseKeys), spans);
  const batch = { source: 'any', receivedAt, events, mode: 'live' } as const;
  const context = { parts, batch, rows: new Map(), known: new Set<string>(), suppressions };
  const cases = groupBy(told.length, sets.find).map((indexes) => {
    const members = indexes.flatMap((index) => told[index] ?? []);
    const behaviour = members[0]?.behaviour ?? '';
    const fold = foldGroup(context, { behaviour, told: members, loops: [], fresh: 'f'.repeat(32) });
    const [change] = fold.changes;
    if (change === undefined) throw new Error('nothing was folded');
    return caseOf(
      parts,
      members.map(({ event }) => event.id),
      change.facts,
    );
  });
  return sorted(cases);
}

function caseOf(parts: LoopParts, events: readonly string[], facts: LoopRow['facts']): Case {
  const behaviour = parts.behaviours.get(facts.behaviour);
  if (behaviour === undefined) throw new Error('no such behaviour');
  const resolved = parts.resolveOwner(decidingEvidence(facts));
  const repository = facts.kept.find(({ where }) => where.repository !== undefined)?.where.repository;
  const { position } = standing(parts, behaviour, facts, resolved, repository, receivedAt);
  const isStub = facts.kept.length === 0;
  const confidence = Math.round(resolved.confidence * 1000) / 1000;
  return {
    events: [...new Set(events)].sort(),
    state: isStub ? 'backlog' : position.state,
    rung: isStub ? 'none' : position.proof.rung,
    owner: isStub ? { kind: 'unknown', confidence: 0 } : { ...resolved, confidence },
    facts: comparable(facts),
  };
}

/**
 * Which loop a case relapses from depends on the cases of others. What one sighting said of validity is decided where
 * all words on it are kept together.
 */
function comparable(facts: LoopRow['facts']): unknown {
  const { relapseOf: _relapseOf, relapseNumber: _relapseNumber, secret, ...rest } = facts;
  const { validity: _validity, validityNote: _validityNote, ...kept } = secret ?? {};
  return JSON.parse(JSON.stringify({ ...rest, secret: kept }));
}

function sorted(cases: readonly Case[]): readonly Case[] {
  return cases.toSorted((a, b) => ((a.events[0] ?? '') < (b.events[0] ?? '') ? -1 : 1));
}

/** What stands in the store of these events. */
async function stored(store: Store, events: readonly Event[]): Promise<readonly Case[]> {
  const loops = await store.loopsOfEvents(events.map((event) => event.id));
  const cases: Case[] = [];
  for (const loop of new Set(loops.values())) {
    const story = await store.read.loop(loopPrincipal, loop);
    if (story === undefined) throw new Error('a loop without a row');
    const row = story.loop;
    cases.push({
      events: story.events.map((event) => event.id).sort(),
      state: row.state,
      rung: row.rung,
      owner: { ...row.owner, confidence: Math.round(row.owner.confidence * 1000) / 1000 },
      facts: comparable(row.facts),
    });
  }
  return sorted(cases);
}

/** Order, cuts into batches and repetitions, chosen by numbers that shrink towards "as they stand, at once". */
type Arrival = {
  readonly order: readonly number[];
  readonly cuts: readonly boolean[];
  readonly again: readonly Again[];
};

const arrival: fc.Arbitrary<Arrival> = fc.record({
  order: fc.array(fc.nat(99), { maxLength: 16 }),
  cuts: fc.array(fc.boolean(), { maxLength: 12 }),
  again: fc.array(again, { maxLength: 4 }),
});

function arranged<T>(items: readonly T[], { order }: Arrival): readonly T[] {
  const keyed = items.map((item, at) => ({ item, key: order[at] ?? 0, at }));
  return keyed.toSorted((a, b) => a.key - b.key || a.at - b.at).map(({ item }) => item);
}

function batches<T>(items: readonly T[], { cuts }: Arrival): readonly (readonly T[])[] {
  const cut: T[][] = [[]];
  for (const [at, item] of items.entries()) {
    if (cuts[at % Math.max(1, cuts.length)] === true && (cut.at(-1)?.length ?? 0) > 0) cut.push([]);
    cut.at(-1)?.push(item);
  }
  return cut;
}

describe('the same set of events', () => {
  let store: Store;
  beforeAll(async () => {
    store = await lendEmbedded();
    await store.transaction(async (tx) => {
      for (const row of suppressions) await tx.insertSuppression(row);
    });
  });
  afterAll(() => store?.close());

  test('folded in any order gives the same loops, states, owners, proofs and counts', async () => {
    await fc.assert(
      fc.asyncProperty(eventSpecs(12), arrival, async (specs, how) => {
        const { house, salt } = newHouse(store);
        const events = reports(specs, how.again).map((spec) => eventOf(spec, salt));
        const expected = await foldedAtOnce(house.parts, events);
        expect(await foldedAtOnce(house.parts, arranged(events, how))).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  /** Sends the events through the engine as they arrive and compares with the fold of all at once. */
  const check = async (specs: readonly Spec[], how: Arrival) => {
    const { house, salt } = newHouse(store);
    const events = reports(specs, how.again).map((spec) => eventOf(spec, salt));
    const told = events.filter((event) => house.parts.classify(event).length > 0);
    for (const batch of batches(arranged(events, how), how)) {
      await ingest(house.parts, { source: 'any', receivedAt, mode: 'live', events: batch });
    }
    expect(await stored(store, told)).toEqual(await foldedAtOnce(house.parts, events));
  };

  const committed = {
    kind: 'committed',
    commit: 1,
    line: 1,
    provider: 'aws',
    isTestData: false,
    hoursAgo: 0,
    seenHoursAgo: 0,
    validity: 'unknown',
    isNotVerified: false,
  } as const;
  const oneByOne = { order: [], cuts: [true], again: [] };

  test('a report that hid a secret joins another source, also after it was shown in the same place', () =>
    check(
      [
        { ...committed, source: 'github', columns: [5, 12], secret: 1 },
        { ...committed, source: 'github', columns: [5, 12] },
        { ...committed, source: 'scanner', columns: [5, 40], secret: 0 },
      ],
      oneByOne,
    ));

  test('two rules of one source in one place each join what fits their provider', () =>
    check(
      [
        { ...committed, source: 'github', columns: [5, 40], provider: 'aws', secret: 0 },
        { ...committed, source: 'github', columns: [5, 40], provider: 'generic', secret: 0 },
        { ...committed, source: 'scanner', columns: [5, 40], provider: 'stripe' },
      ],
      oneByOne,
    ));

  test('a report that stands twice in one batch brings its news, whichever stands first', () =>
    check([{ ...committed, source: 'scanner', columns: [5, 40], secret: 0 }], {
      ...oneByOne,
      cuts: [false],
      again: [{ of: 0, validity: 'active', isNotVerified: false, seenHoursAgo: 0 }],
    }));

  test('taken in any order, in any batches, any number of times, comes to the same', async () => {
    await fc.assert(fc.asyncProperty(eventSpecs(10), arrival, check), {
      numRuns: Number(process.env['FOLDBACK_ORDER_RUNS'] ?? 25),
    });
  }, 120_000);
});
