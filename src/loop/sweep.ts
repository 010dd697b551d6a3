import { dayMs, durationMs } from '../core/duration.ts';
import type { HoldCheck, LoopFacts } from '../core/loop/facts.ts';
import { proofOf } from '../core/loop/proof.ts';
import type { LoopRow, StoreWrite } from '../ports/store.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';
import { relinkRelapses } from './relapse.ts';
import { type Change, settle } from './settle.ts';

const sweepMax = 500;

/** Looks again at the loops whose time has come: hold windows, silence, dates. Returns how many there were. */
export async function sweep(parts: LoopParts): Promise<number> {
  const now = parts.clock.now();
  const rows = await parts.store.transaction(async (tx) => {
    const due = await tx.claimDueLoops(now, sweepMax);
    const changes: Change[] = [];
    for (const before of due)
      changes.push({ before, facts: await withHoldCheck(parts, tx, before, now), story: [] });
    return settle(parts, tx, changes, now);
  });
  await relinkRelapses(
    parts,
    rows.filter((row) => row.state === 'held'),
    now,
  );
  if (rows.length > 0) parts.wake();
  return rows.length;
}

/** At the end of a hold window: were the sources alive, and was there a chance to fail? */
async function withHoldCheck(
  parts: LoopParts,
  tx: StoreWrite,
  row: LoopRow,
  now: number,
): Promise<LoopFacts> {
  const behaviour = parts.behaviours.get(row.behaviour);
  const { facts } = row;
  if (behaviour === undefined) return facts;
  const proof = proofOf(facts, behaviour, now);
  const end = proof.holdEndsAt;
  if (end === undefined || end > now || facts.holdChecks.some((check) => check.at === end)) return facts;
  const start = end - durationMs(behaviour.hold.window);
  const from = new Date(start).toISOString().slice(0, 10);
  const to = new Date(end).toISOString().slice(0, 10);
  const days = Math.max(1, Math.round((end - start) / dayMs));
  const alive = await tx.read.sourceDays(loopPrincipal, facts.sources, from, to);
  const best = Math.max(0, ...alive.values());
  const opportunities = await tx.read.opportunities(loopPrincipal, row.behaviour, from, to);
  const check: HoldCheck = { at: end, aliveShare: Math.min(1, best / days), opportunities };
  return { ...facts, holdChecks: [...facts.holdChecks, check] };
}
