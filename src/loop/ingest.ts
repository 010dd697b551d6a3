import { AppError } from '../core/errors.ts';
import type { Event } from '../core/event.ts';
import type { TrustJudgement } from '../core/judge/trust.ts';
import {
  addSeen,
  addSighting,
  addWanted,
  emptyFacts,
  type LoopFacts,
  mergeFacts,
} from '../core/loop/facts.ts';
import { addValidity } from '../core/loop/validity.ts';
import type { Evidence } from '../core/owner.ts';
import { storedBody } from '../core/stored-event.ts';
import type { EventRow, LoopRow, StoreWrite, SuppressionRow } from '../ports/store.ts';
import { assignLoops, findApart, type Group } from './assign.ts';
import { caseCode } from './case-code.ts';
import { deedsIn } from './deeds.ts';
import { exitsIn } from './exits.ts';
import { followUp, stillFailing, touchedKeys, watchesOf, withMarks } from './follow.ts';
import { type Candidate, type Judged, waitsFor } from './judge.ts';
import { linkedKeys } from './marks.ts';
import type { LedgerFact, LoopParts } from './parts.ts';
import { keyIdsOf, type Prepared, prepare } from './prepare.ts';
import { relinkRelapses } from './relapse.ts';
import { type Change, settle } from './settle.ts';
import { coveringRule } from './suppress.ts';

/** What arrived together and is taken together: a delivery, or a chunk of a file. */
export type Batch = {
  readonly source: string;
  readonly receivedAt: number;
  readonly events: readonly Event[];
  /** When the report was taken; when it was received unless given. */
  readonly takenAt?: number;
  /** `history` for imports: nothing of it is live, whatever its date. */
  readonly mode: 'live' | 'history';
  /** Delivery id or chunk hash: the same receipt is taken once. */
  readonly receipt?: string;
  /** Receipts of several deliveries that are taken together. Is one of them known, nothing of the batch is taken. */
  readonly receipts?: readonly string[];
  /** Ticket numbers by event id, for cases captured by hand. */
  readonly aliases?: ReadonlyMap<string, string>;
};

export type Taken = {
  readonly accepted: number;
  readonly duplicates: number;
  readonly unmatched: number;
  readonly opportunities: number;
  readonly loops: readonly string[];
  /** Events that were stored before. */
  readonly knownEvents: ReadonlySet<string>;
  /** Receipts that were known; then nothing of the batch was taken. */
  readonly knownReceipts: readonly string[];
};

/** An event with what a behaviour makes of it. */
export type Told = {
  readonly event: Event;
  readonly behaviour: string;
  readonly role: 'failed' | 'fixed' | 'related' | 'wanted';
  readonly evidence: readonly Evidence[];
  /** Its case keys, where they are not its fingerprints. */
  readonly keys?: readonly string[];
  /** Left out where it is trusted. */
  readonly trust?: TrustJudgement;
  /** The sign of a fix that it is, by name. */
  readonly signal?: string;
  /** What is wrong with a deed that was held against a path or a history, and what it was held with. */
  readonly judged?: Judged;
  readonly candidate?: Candidate;
};

/**
 * Takes a batch: after this returns, everything of it is durable; if it throws, nothing of it is. Repeating it adds
 * nothing. Set-based: the number of statements does not depend on the number of events. Errors: `conflict` when a
 * ticket stands for another case.
 */
export async function ingest(parts: LoopParts, batch: Batch): Promise<Taken> {
  return commit(parts, await prepare(parts, batch));
}

/** Takes a prepared batch, in one transaction. */
export async function commit(parts: LoopParts, prepared: Prepared): Promise<Taken> {
  const receipts = [prepared.batch.receipt ?? [], prepared.batch.receipts ?? []].flat();
  const taken = await takeUntilSettled(parts, prepared, receipts).catch((fault: unknown) => {
    if (fault instanceof ReceiptsKnown)
      return { settled: [], result: takenBefore(prepared.batch, fault), loopOf: new Map<string, string>() };
    throw fault;
  });
  const joined = await joinApart(parts, prepared, taken.loopOf);
  const followed = await followUp(parts, prepared);
  const settled = [...taken.settled, ...joined, ...followed];
  if (settled.length > 0) {
    const verified = settled.filter((row) => row.state === 'verified');
    await relinkRelapses(parts, verified, prepared.batch.receivedAt);
    parts.wake();
  }
  return taken.result;
}

type Took = {
  readonly result: Taken;
  readonly settled: readonly LoopRow[];
  /** The loop of each event that said something. */
  readonly loopOf: ReadonlyMap<string, string>;
};

/** How often a batch begins anew because others merged its loops meanwhile. */
const attemptsMax = 8;

async function takeUntilSettled(
  parts: LoopParts,
  prepared: Prepared,
  receipts: readonly string[],
): Promise<Took> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await parts.store.transaction((tx) => take(parts, tx, prepared, receipts));
    } catch (fault) {
      if (!(fault instanceof LoopsMoved) || attempt === attemptsMax) throw fault;
    }
  }
}

/** While this writer waited for a lock, its holder merged the loop into another: everything is looked up again. */
class LoopsMoved extends Error {}

/**
 * Two writers do not see what the other is about to store, so that two reports of the same bytes may come to stand
 * apart. Whoever commits last sees both, here, and joins them.
 */
async function joinApart(
  parts: LoopParts,
  prepared: Prepared,
  loopOf: ReadonlyMap<string, string>,
): Promise<readonly LoopRow[]> {
  const apart = await findApart(parts, prepared.told, loopOf);
  if (apart.length === 0) return [];
  const sorted = { ...prepared.sorted, told: apart, ...nothing };
  const batch = { ...prepared.batch, aliases: new Map() };
  return (await takeUntilSettled(parts, { ...prepared, batch, sorted, told: apart, old: new Set() }, []))
    .settled;
}

const nothing = {
  candidates: [],
  marks: [],
  repeated: 0,
  unmatched: 0,
  opportunities: 0,
  counters: [],
  samples: [],
};

/** Rolls back the receipts that were new: what belongs to them was not taken. */
class ReceiptsKnown extends Error {
  readonly receipts: readonly string[];

  constructor(receipts: readonly string[]) {
    super('receipts are known');
    this.receipts = receipts;
  }
}

function takenBefore(batch: Batch, { receipts }: ReceiptsKnown): Taken {
  const none = { accepted: 0, unmatched: 0, opportunities: 0, loops: [] };
  return { ...none, duplicates: batch.events.length, knownEvents: new Set(), knownReceipts: receipts };
}

async function take(
  parts: LoopParts,
  tx: StoreWrite,
  { batch, sorted, told: prepared, old, suppressions }: Prepared,
  receipts: readonly string[],
): Promise<Took> {
  const total = batch.events.length;
  const { source, receivedAt } = batch;
  const knownReceipts = await tx.addReceipts(receipts.map((id) => ({ id, source, at: receivedAt })));
  if (knownReceipts.length > 0) throw new ReceiptsKnown(knownReceipts);
  await tx.addMarks(sorted.marks);
  await tx.addDeeds(deedsIn(parts, sorted.candidates));
  const told = await stillFailing(parts, tx, prepared);
  const groups = await assignLoops(parts, tx, told);
  const touched = await linkedKeys(tx.marksOf, touchedKeys(sorted.marks), []);
  const waiting = await tx.watchersOf(touched);
  const locked = await tx.lockLoops([...new Set([...groups.flatMap((group) => group.loops), ...waiting])]);
  const rows = new Map(locked.map((row) => [row.id, row]));
  const merged = new Set(waiting);
  if (locked.some((row) => row.mergedInto !== undefined && !merged.has(row.id))) throw new LoopsMoved();
  // Whoever stored one of these events holds the lock of its loop until now, so this look is the deciding one.
  const known = await tx.loopsOfEvents(told.map((item) => item.event.id));

  const context: FoldContext = { parts, batch, rows, known, suppressions };
  const folded = groups.map((group) => foldGroup(context, group));
  const events = folded.flatMap((fold) => fold.events);
  await tx.insertEvents(events);
  const repeated = told.filter((item) => known.has(item.event.id));
  await tx.rekeyEvents(repeated.map(({ event }) => ({ id: event.id, keyIds: keyIdsOf(event) })));
  await tx.moveLoops(folded.flatMap((fold) => fold.moves));
  const waits = groups.flatMap((group, at) => watchesOf(parts, group.told, folded[at]?.loop));
  await tx.addWatches(waits);
  const changes = await withMarks(parts, tx, {
    changes: folded.flatMap((fold) => fold.changes),
    waiting: waiting.flatMap((id) => rows.get(id) ?? []),
  });
  const settled = await settle(parts, tx, changes, batch.receivedAt);
  for (const [event, alias] of batch.aliases ?? []) {
    const at = groups.findIndex((group) => group.told.some((item) => item.event.id === event));
    const loop = folded[at]?.loop ?? (batch.events.length === 1 ? [...old][0] : undefined);
    if (loop !== undefined && (await tx.addAlias(alias, loop)) === 'taken')
      throw new AppError('conflict', 'This ticket stands for another case already.');
  }
  await tx.addSourceDay(batch.source, batch.receivedAt);
  await tx.addSamples(sorted.samples);
  await tx.addCounters(sorted.counters);
  await tx.addExits(exitsIn(parts, batch.events));
  const duplicates = sorted.repeated + sorted.told.length - events.length;
  const fresh = new Set(events.map((event) => event.id));
  return {
    settled,
    loopOf: new Map(
      groups.flatMap((group, at) => group.told.map((item) => [item.event.id, folded[at]?.loop ?? ''])),
    ),
    result: {
      accepted: total - duplicates,
      duplicates,
      unmatched: sorted.unmatched,
      opportunities: sorted.opportunities,
      loops: [...new Set([...folded.map((fold) => fold.loop), ...old])],
      knownEvents: new Set(sorted.told.map(({ event }) => event.id).filter((id) => !fresh.has(id))),
      knownReceipts: [],
    },
  };
}

export type FoldContext = {
  readonly parts: LoopParts;
  readonly batch: Batch;
  readonly rows: ReadonlyMap<string, LoopRow>;
  /** Events that are stored already. */
  readonly known: { has(event: string): boolean };
  readonly suppressions: readonly SuppressionRow[];
};

export type Folded = {
  readonly loop: string;
  readonly changes: readonly Change[];
  readonly events: readonly EventRow[];
  readonly moves: readonly { readonly from: string; readonly to: string }[];
};

/** Folds the events of one group into its loop; pure. */
export function foldGroup(context: FoldContext, group: Group): Folded {
  const { batch, known } = context;
  const existing = group.loops.flatMap((id) => context.rows.get(id) ?? []);
  const [survivor, ...others] = existing.toSorted(bySeniority);
  const before = survivor ?? newRow(group, batch.receivedAt);
  let facts = before.facts;
  const story: LedgerFact[] = [];
  for (const other of others) {
    facts = mergeFacts(facts, other.facts);
    story.push({ kind: 'merged', at: batch.receivedAt, body: { from: other.id, head: other.head } });
  }
  const events = new Map<string, EventRow>();
  for (const item of group.told) {
    const { id } = item.event;
    const isNew = !known.has(id) && !events.has(id);
    facts = apply(context, facts, item, isNew);
    if (isNew) events.set(id, eventRow(item, before.id));
  }
  const ids = [...events.keys()];
  if (ids.length > 0)
    story.unshift({
      kind: survivor === undefined ? 'opened' : 'seen',
      at: batch.receivedAt,
      body: { behaviour: group.behaviour, events: ids },
    });
  const isChanged = facts !== before.facts || survivor === undefined;
  const merged = others.map(
    (other): Change => ({
      before: other,
      facts: { ...other.facts, mergedInto: before.id },
      story: [{ kind: 'merged', at: batch.receivedAt, body: { into: before.id } }],
    }),
  );
  return {
    loop: before.id,
    changes: isChanged ? [{ before, facts, story }, ...merged] : merged,
    events: [...events.values()],
    moves: others.map((other) => ({ from: other.id, to: before.id })),
  };
}

function apply(context: FoldContext, facts: LoopFacts, item: Told, isNew: boolean): LoopFacts {
  const { parts, batch, suppressions } = context;
  const { event } = item;
  let next = facts;
  const isLive = batch.mode === 'live' && batch.receivedAt - event.occurredAt <= parts.backlogAfterMs;
  if (item.role === 'failed' && isNew) {
    const rule = coveringRule(parts, suppressions, event);
    const suppression = rule === undefined ? {} : { suppression: { until: rule.until, reason: rule.reason } };
    const { evidence, trust, judged } = item;
    const stamp = parts.taxonomy.stamps.get(item.behaviour);
    next = addSighting(next, {
      event,
      evidence,
      isLive,
      ...(stamp === undefined ? {} : { stamp }),
      ...suppression,
      ...(trust === undefined ? {} : { trust }),
      ...judged,
      ...waitsFor(parts, item.behaviour, event, judged),
    });
  }
  if (item.role === 'wanted' && isNew && isLive) {
    const { id, occurredAt } = event;
    next = addWanted(next, { event: id, at: occurredAt, evidence: item.evidence });
  }
  if (item.signal !== undefined) {
    const seen = { signal: item.signal, at: event.occurredAt, reason: `${event.source} shows it` };
    next = addSeen(next, `${item.signal}:${event.source}`, seen);
  }
  if (event.secret !== undefined) {
    // A report says what it found now; a status event says when it changed. A repeated report may still bring news.
    const foundAt = Math.min(event.receivedAt, batch.takenAt ?? event.receivedAt);
    const at = event.kind === 'secret.status' ? event.occurredAt : foundAt;
    const note = event.secret.validityNote === undefined ? {} : { note: event.secret.validityNote };
    next = addValidity(next, event.source, event.secret.validity, at, note);
  }
  if (event.kind === 'secret.status' && isNew) next = applyAlert(next, event);
  return next;
}

/** Judgements of a secret, not a fix of it: they close an alert and leave the key alive. */
const judgements = new Set(['false_positive', 'wont_fix', 'used_in_tests']);

const alertWords = {
  'alert-open': 'has an open alert',
  'alert-reopened': 'opened its alert again',
  'alert-judged': 'closed its alert as no leak',
  'alert-closed': 'closed its alert',
} as const;

/** An alert that its source closed is part of a fix; one that was merely judged is not, and reopened takes it back. */
function applyAlert(facts: LoopFacts, event: Event): LoopFacts {
  const { state, resolution, action } = event.record;
  if (state !== 'resolved' && state !== 'open') return facts;
  const isJudged = typeof resolution === 'string' && judgements.has(resolution);
  const open = action === 'reopened' ? 'alert-reopened' : 'alert-open';
  const signal = state === 'open' ? open : isJudged ? 'alert-judged' : 'alert-closed';
  const reason = `${event.source} ${alertWords[signal]}`;
  return addSeen(facts, `alert:${event.source}`, { signal, at: event.occurredAt, reason });
}

/** Of several loops that are one, the one people have heard of stays; then the earliest. */
function bySeniority(a: LoopRow, b: LoopRow): number {
  const spoken = (row: LoopRow) => (row.facts.messages.length + row.facts.replies.length > 0 ? 0 : 1);
  return (
    spoken(a) - spoken(b) ||
    Number(a.isStub) - Number(b.isStub) ||
    a.firstOccurredAt - b.firstOccurredAt ||
    (a.id < b.id ? -1 : 1)
  );
}

function newRow(group: Group, at: number): LoopRow {
  return {
    id: group.fresh,
    caseCode: caseCode(group.fresh),
    behaviour: group.behaviour,
    state: 'backlog',
    isStub: true,
    rung: 'none',
    isLive: false,
    owner: { kind: 'unknown', confidence: 0 },
    firstOccurredAt: at,
    lastOccurredAt: 0,
    updatedAt: at,
    seq: 0,
    head: '',
    facts: emptyFacts(group.behaviour),
  };
}

function eventRow(item: Told, loop: string): EventRow {
  const { id, source, kind, occurredAt, receivedAt } = item.event;
  const body = storedBody(item.event);
  return { id, loop, source, kind, occurredAt, receivedAt, keyIds: keyIdsOf(item.event), body };
}
