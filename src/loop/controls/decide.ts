import { afterDecision, type ControlDecision } from '../../core/control/states.ts';
import { dayMs, durationMs } from '../../core/duration.ts';
import type { Json } from '../../core/event.ts';
import { keptNote } from '../../core/kept-text.ts';
import type { Principal } from '../../ports/principal.ts';
import type { ControlRow } from '../../ports/store.ts';
import type { LoopParts } from '../parts.ts';
import { resettle } from './resettle.ts';
import { saveWithEntry } from './story.ts';

export type ControlInput =
  | { readonly decision: 'accept' }
  /** In force from then on; now unless given, and never before it was agreed to. */
  | { readonly decision: 'apply'; readonly from?: number }
  | { readonly decision: 'reject' | 'rollback' | 'end'; readonly reason: string };

export type ControlDecided =
  /** `second`: somebody else has to agree, too. */
  | { readonly kind: 'decided' | 'second'; readonly control: ControlRow }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'refused'; readonly reason: string };

/** A day that lies further ahead is no day on which anything is applied. */
const aheadMsMax = 30 * dayMs;

/** Records the decision of a named person about a control. */
export async function decideControl(
  parts: LoopParts,
  principal: Principal,
  id: string,
  input: ControlInput,
): Promise<ControlDecided> {
  const now = parts.clock.now();
  if ((await parts.store.read.control(principal, id)) === undefined) return { kind: 'not-found' };
  if (principal.kind === 'agent') return { kind: 'refused', reason: 'an agent decides about no control' };
  const decided = await parts.store.transaction(async (tx): Promise<ControlDecided> => {
    const before = await tx.lockControl(id);
    if (before === undefined) return { kind: 'not-found' };
    const next = nextOf(parts, before, principal, input, now);
    if (typeof next === 'string') return { kind: 'refused', reason: next };
    const control = await saveWithEntry(parts, tx, next, entryOf(next, principal, input, now));
    return { kind: next.state === before.state ? 'second' : 'decided', control };
  });
  if (decided.kind === 'decided') {
    await resettle(parts, decided.control, now);
    parts.wake();
  }
  return decided;
}

function nextOf(
  parts: LoopParts,
  row: ControlRow,
  principal: Principal,
  input: ControlInput,
  now: number,
): ControlRow | string {
  const state = afterDecision(row.state, input.decision);
  if (state === undefined) return `it is ${row.state}`;
  const base = { ...row, updatedAt: now };
  const template = parts.controls.templates.find((one) => one.id === row.template);
  switch (input.decision) {
    case 'accept': {
      const by = { acceptedBy: principal.id, acceptedByName: principal.name, acceptedAt: now };
      if (row.body.patch.files.length === 0)
        return 'nothing of it could be written: a person has to write the patch';
      const dueAt = now + durationMs(template?.applyWithin ?? '30d');
      if (!row.isBlocking) return { ...base, ...by, state, dueAt };
      if (row.acceptedBy === undefined) return { ...base, ...by };
      if (row.acceptedBy === principal.id) return 'a second person has to agree';
      return { ...base, secondBy: principal.id, secondByName: principal.name, secondAt: now, state, dueAt };
    }
    case 'apply': {
      const from = input.from ?? now;
      if (from < (row.secondAt ?? row.acceptedAt ?? now) || from > now + aheadMsMax)
        return 'the day lies before it was agreed to, or too far ahead';
      const by = { appliedAt: from, appliedBy: principal.id, appliedByName: principal.name };
      return { ...base, ...by, state, dueAt: from + row.lastsMs };
    }
    default: {
      const pause = durationMs(template?.notAgainFor ?? '90d');
      const closed = { closedAt: now, closedByName: principal.name, reason: keptNote(input.reason) };
      const notAgain = input.decision === 'end' ? {} : { notAgainBefore: now + pause };
      return { ...base, ...closed, ...notAgain, state };
    }
  }
}

function entryOf(row: ControlRow, principal: Principal, input: ControlInput, now: number) {
  const body: { [key: string]: Json } = { decision: input.decision, by: principal.id, state: row.state };
  const personal = ['/by'];
  if (input.decision === 'apply') body['from'] = row.appliedAt ?? now;
  if ('reason' in input) {
    body['reason'] = keptNote(input.reason);
    personal.push('/reason');
  }
  return { kind: `decision:${input.decision satisfies ControlDecision}`, at: now, body, personal };
}

/** Controls that are ended in one turn. */
const expiredMax = 200;

/** Ends what time ends: proposals that nobody decided about, agreements that nobody applied, controls that are over. */
export async function expireControls(parts: LoopParts): Promise<number> {
  const now = parts.clock.now();
  const expired = await parts.store.transaction(async (tx) => {
    const due = await tx.claimDueControls(now, expiredMax);
    const rows: ControlRow[] = [];
    for (const row of due) {
      const state = afterDecision(row.state, 'time');
      if (state === undefined) continue;
      const template = parts.controls.templates.find((one) => one.id === row.template);
      const pause =
        row.state === 'applied' ? {} : { notAgainBefore: now + durationMs(template?.notAgainFor ?? '90d') };
      const next = { ...row, ...pause, state, closedAt: now, updatedAt: now };
      const body = { from: row.state };
      rows.push(await saveWithEntry(parts, tx, next, { kind: 'expired', at: now, body }));
    }
    return rows;
  });
  for (const row of expired) await resettle(parts, row, now);
  return expired.length;
}
