import type { Event, Json } from '../core/event.ts';
import {
  addSeen,
  addSighting,
  addValidity,
  emptyFacts,
  type LoopFacts,
  mergeFacts,
} from '../core/loop/facts.ts';
import type { Evidence } from '../core/owner.ts';
import type { CounterRow, EventRow, LoopRow, StoreWrite, SuppressionRow } from '../ports/store.ts';
import { assignLoops, type Group } from './assign.ts';
import { caseCode } from './case-code.ts';
import { gatherEvidence } from './gather.ts';
import { type LedgerFact, type LoopParts, loopPrincipal } from './parts.ts';
import { relinkRelapses } from './relapse.ts';
import { type Change, settle } from './settle.ts';

/** What arrived together and is taken together: a delivery, or a chunk of a file. */
export type Batch = {
  readonly source: string;
  readonly receivedAt: number;
  readonly events: readonly Event[];
  /** `history` for imports: nothing of it is live, whatever its date. */
  readonly mode: 'live' | 'history';
  /** Delivery id or chunk hash: the same receipt is taken once. */
  readonly receipt?: string;
  /** Ticket numbers by event id, for cases captured by hand. */
  readonly aliases?: ReadonlyMap<string, string>;
};

export type Taken = {
  readonly accepted: number;
  readonly duplicates: number;
  readonly unmatched: number;
  readonly opportunities: number;
  readonly loops: readonly string[];
};

/** An event with what a behaviour makes of it. */
export type Told = {
  readonly event: Event;
  readonly behaviour: string;
  readonly role: 'failed' | 'fixed' | 'related';
  readonly evidence: readonly Evidence[];
  readonly keys?: readonly string[];
};

/**
 * Takes a batch: after this returns, everything of it is durable; if it throws, nothing of it is. Repeating it adds
 * nothing. Set-based: the number of statements does not depend on the number of events.
 */
export async function ingest(parts: LoopParts, batch: Batch): Promise<Taken> {
  const sorted = sortOut(parts, batch);
  const known = await parts.store.knownEvents(sorted.told.map((item) => item.event.id));
  const told = await gatherEvidence(parts, sorted.told, known);
  const suppressions = await parts.store.read.suppressions(loopPrincipal, batch.receivedAt);
  const taken = await parts.store.transaction((tx) => take(parts, tx, batch, told, suppressions, sorted));
  if (taken.settled.length > 0) {
    const verified = taken.settled.filter((row) => row.state === 'verified');
    await relinkRelapses(parts, verified, batch.receivedAt);
    parts.wake();
  }
  return taken.result;
}

type Sorted = {
  readonly told: readonly Told[];
  readonly unmatched: number;
  readonly opportunities: number;
  readonly counters: readonly CounterRow[];
};

function sortOut(parts: LoopParts, batch: Batch): Sorted {
  const told: Told[] = [];
  const counts = new Map<string, CounterRow>();
  const seen = new Set<string>();
  let unmatched = 0;
  let opportunities = 0;
  const count = (name: CounterRow['name'], behaviour: string, event: Event) => {
    const day = new Date(event.occurredAt).toISOString().slice(0, 10);
    const scope =
      event.where.repository === undefined ? '' : (parts.teamOfRepository(event.where.repository) ?? '');
    const key = `${name} ${behaviour} ${event.source} ${day} ${scope}`;
    const n = (counts.get(key)?.n ?? 0) + 1;
    counts.set(key, { name, behaviour, source: event.source, day, scope, n });
  };
  for (const event of batch.events) {
    const meanings = parts.classify(event);
    if (meanings.length === 0) {
      unmatched += 1;
      count('unmatched', '', event);
      continue;
    }
    for (const { behaviour, role } of meanings) {
      if (role === 'opportunity') {
        opportunities += 1;
        count('opportunity', behaviour, event);
      } else if (!seen.has(`${behaviour} ${event.id}`)) {
        seen.add(`${behaviour} ${event.id}`);
        told.push({ event, behaviour, role, evidence: [] });
      }
    }
  }
  return { told, unmatched, opportunities, counters: [...counts.values()] };
}

async function take(
  parts: LoopParts,
  tx: StoreWrite,
  batch: Batch,
  told: readonly Told[],
  suppressions: readonly SuppressionRow[],
  sorted: Sorted,
): Promise<{ readonly result: Taken; readonly settled: readonly LoopRow[] }> {
  const total = batch.events.length;
  const nothing = { accepted: 0, duplicates: total, unmatched: 0, opportunities: 0, loops: [] };
  if (batch.receipt !== undefined) {
    const isNew = await tx.addReceipt({ id: batch.receipt, source: batch.source, at: batch.receivedAt });
    if (!isNew) return { result: nothing, settled: [] };
  }
  const groups = await assignLoops(parts, tx, told);
  const locked = await tx.lockLoops(groups.flatMap((group) => group.loops));
  const rows = new Map(locked.map((row) => [row.id, row]));
  // Whoever stored one of these events holds the lock of its loop until now, so this look is the deciding one.
  const known = await tx.knownEvents(told.map((item) => item.event.id));

  const context: FoldContext = { parts, batch, rows, known, suppressions };
  const folded = groups.map((group) => foldGroup(context, group));
  const events = folded.flatMap((fold) => fold.events);
  await tx.insertEvents(events);
  await tx.moveLoops(folded.flatMap((fold) => fold.moves));
  const changes = folded.flatMap((fold) => fold.changes);
  const settled = await settle(parts, tx, changes, batch.receivedAt);
  for (const [event, alias] of batch.aliases ?? []) {
    const row = events.find((candidate) => candidate.id === event);
    if (row !== undefined) await tx.addAlias(alias, row.loop);
  }
  await tx.addSourceDay(batch.source, batch.receivedAt);
  await tx.addCounters(sorted.counters);
  return {
    settled,
    result: {
      accepted: total - (told.length - events.length),
      duplicates: told.length - events.length,
      unmatched: sorted.unmatched,
      opportunities: sorted.opportunities,
      loops: folded.map((fold) => fold.loop),
    },
  };
}

export type FoldContext = {
  readonly parts: LoopParts;
  readonly batch: Batch;
  readonly rows: ReadonlyMap<string, LoopRow>;
  readonly known: ReadonlySet<string>;
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
  const events: EventRow[] = [];
  for (const item of group.told) {
    const isNew = !known.has(item.event.id);
    facts = apply(context, facts, item, isNew);
    if (isNew) events.push(eventRow(item, before.id));
  }
  const ids = events.map((event) => event.id);
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
    events,
    moves: others.map((other) => ({ from: other.id, to: before.id })),
  };
}

function apply(context: FoldContext, facts: LoopFacts, item: Told, isNew: boolean): LoopFacts {
  const { parts, batch, suppressions } = context;
  const { event } = item;
  let next = facts;
  if (item.role === 'failed' && isNew) {
    const rule = suppressions.find((candidate) => parts.isSuppressing(candidate, event));
    const isLive = batch.mode === 'live' && batch.receivedAt - event.occurredAt <= parts.backlogAfterMs;
    const suppression = rule === undefined ? {} : { suppression: { until: rule.until, reason: rule.reason } };
    next = addSighting(next, { event, evidence: item.evidence, isLive, ...suppression });
  }
  if (event.secret !== undefined) {
    // A report says what it found now; a status event says when it changed. A repeated report may still bring news.
    const at = event.kind === 'secret.status' ? event.occurredAt : event.receivedAt;
    const note = event.secret.validityNote === undefined ? {} : { note: event.secret.validityNote };
    next = addValidity(next, event.source, event.secret.validity, at, note);
  }
  if (event.kind === 'secret.status' && isNew) next = applyAlert(next, event);
  return next;
}

/** An alert that its source closed is part of a fix; one that was re-opened takes it back. */
function applyAlert(facts: LoopFacts, event: Event): LoopFacts {
  const state = event.record['state'];
  if (state === 'resolved') {
    return addSeen(facts, `alert:${event.source}`, {
      signal: 'alert-closed',
      at: event.occurredAt,
      reason: `${event.source} closed its alert`,
    });
  }
  if (state === 'open') {
    return addSeen(facts, `alert:${event.source}`, {
      signal: 'alert-open',
      at: event.occurredAt,
      reason: `${event.source} has an open alert`,
    });
  }
  return facts;
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
  const { id, source, kind, occurredAt, receivedAt, ...body } = item.event;
  return { id, loop, source, kind, occurredAt, receivedAt, body: jsonOf(body) };
}

/** An event is JSON by construction; optional members that are undefined simply do not appear. */
function jsonOf(body: Omit<Event, 'id' | 'source' | 'kind' | 'occurredAt' | 'receivedAt'>): Json {
  const { actor, identity, where, fingerprints, secret, leads, detector, record } = body;
  return {
    actor: { ...actor },
    where: { ...where },
    fingerprints: fingerprints.map((fingerprint) => ({ ...fingerprint })),
    leads: leads.map((lead) => ({ ...lead })),
    record,
    ...(identity === undefined ? {} : { identity: { ...identity } }),
    ...(secret === undefined ? {} : { secret: { ...secret } }),
    ...(detector === undefined ? {} : { detector: { ...detector } }),
  };
}
