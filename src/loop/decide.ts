import { durationMs } from '../core/duration.ts';
import type { Json } from '../core/event.ts';
import { keptNote } from '../core/kept-text.ts';
import { addSeen, type Decision } from '../core/loop/facts.ts';
import { requestIn } from '../core/loop/needs.ts';
import type { Principal } from '../ports/principal.ts';
import type { LoopRow, ReleaseFilter } from '../ports/store.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';
import { relinkRelapses } from './relapse.ts';
import { type Change, settle } from './settle.ts';

/** What an operator may decide about a loop. */
export type DecisionInput =
  | { readonly kind: 'dismiss' | 'uphold' | 'reject-dispute' | 'hand-back'; readonly reason?: string }
  | { readonly kind: 'accept-risk'; readonly until: number }
  | { readonly kind: 'hand-over'; readonly to: { readonly kind: 'person' | 'team'; readonly id: string } }
  /** A second person's word that it is fixed, with where that can be looked up. */
  | { readonly kind: 'attest'; readonly reference: string };

export type Decided =
  | { readonly kind: 'decided'; readonly loop: LoopRow }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Records a decision of a person who signed in. What needs a second person refuses the first. */
export async function decide(
  parts: LoopParts,
  principal: Principal,
  reference: string,
  input: DecisionInput,
): Promise<Decided> {
  const now = parts.clock.now();
  const found = await parts.store.read.loop(principal, reference);
  if (found === undefined) return { kind: 'not-found' };
  const self = await namesOf(parts, principal);
  const decided = await parts.store.transaction(async (tx): Promise<Decided> => {
    const [before] = await tx.lockLoops([found.loop.id]);
    if (before === undefined) return { kind: 'not-found' };
    const reason = refusal(parts, self, before, input, now);
    if (reason !== undefined) return { kind: 'refused', reason };
    const [loop] = await settle(parts, tx, [changeOf(before, principal, input, now)], now);
    return loop === undefined ? { kind: 'not-found' } : { kind: 'decided', loop };
  });
  if (decided.kind === 'decided') {
    if (decided.loop.state === 'verified') await relinkRelapses(parts, [decided.loop], now);
    parts.wake();
  }
  return decided;
}

/**
 * By which names the caller stands in a loop's facts: their own, and the recipient whose address single sign-on vouches
 * for. Whoever asked for something as a recipient is not a second person at the console.
 */
async function namesOf(parts: LoopParts, principal: Principal): Promise<ReadonlySet<string>> {
  const [, account] = /^person:(.+)$/u.exec(principal.id) ?? [];
  const email =
    account === undefined ? undefined : (await parts.store.read.account(loopPrincipal, account))?.email;
  if (email === undefined) return new Set([principal.id]);
  const person = parts.people.byEmail(email);
  return new Set([principal.id, `email:${email}`, ...(person === undefined ? [] : [person.id])]);
}

function refusal(
  parts: LoopParts,
  self: ReadonlySet<string>,
  row: LoopRow,
  input: DecisionInput,
  now: number,
): string | undefined {
  const isOwner =
    (row.owner.id !== undefined && self.has(row.owner.id)) ||
    row.facts.replies.some(
      ({ by, standInFor }) => self.has(by.id) || (standInFor !== undefined && self.has(standInFor)),
    );
  switch (input.kind) {
    case 'accept-risk': {
      const behaviour = parts.behaviours.get(row.behaviour);
      const latest = now + durationMs(behaviour?.acceptRiskMax ?? '0h');
      if (isOwner) return 'a second person has to agree';
      if (requestIn(row.facts)?.answer !== 'accept-risk') return 'nobody asks for it, or not any more';
      return input.until > now && input.until <= latest ? undefined : 'the date is past or too far away';
    }
    case 'attest':
      if (isOwner) return 'a second person has to attest';
      return input.reference.trim().length >= 3 ? undefined : 'a reference is needed that others can look up';
    case 'uphold':
    case 'reject-dispute':
      return row.state === 'disputed' ? undefined : 'it is not disputed';
    case 'hand-over': {
      const isKnown =
        input.to.kind === 'person'
          ? parts.people.person(input.to.id)?.isActive === true
          : parts.people.team(input.to.id) !== undefined;
      return isKnown ? undefined : 'the directory does not know them';
    }
    default:
      return undefined;
  }
}

function changeOf(before: LoopRow, principal: Principal, input: DecisionInput, now: number): Change {
  const { facts } = before;
  const body: { [key: string]: Json } = { decision: input.kind, by: principal.id };
  const personal = ['/by'];
  const story = [{ kind: 'decision', at: now, body, personal }];
  const withDecision = (decision: Decision): Change => ({
    before,
    facts: { ...facts, decisions: [...facts.decisions, decision] },
    story,
  });
  switch (input.kind) {
    case 'attest': {
      body['reference'] = keptNote(input.reference);
      const seen = { signal: 'attested', at: now, reason: 'a second person attests it', isAttested: true };
      return { before, facts: addSeen(facts, 'attested', seen), story };
    }
    case 'accept-risk':
      body['until'] = input.until;
      return withDecision({ kind: 'accept-risk', at: now, by: principal.id, until: input.until });
    case 'hand-over':
      body['to'] = { ...input.to };
      personal.push('/to/id');
      return withDecision({ kind: 'hand-over', at: now, by: principal.id, to: input.to });
    default:
      if (input.reason !== undefined) {
        body['reason'] = keptNote(input.reason);
        personal.push('/reason');
      }
      return withDecision({ kind: input.kind, at: now, by: principal.id });
  }
}

const releaseChunk = 1000;

/**
 * Releases history, by behaviour, team or id, as far as the principal may see it. What is said then obeys the
 * attention budget: one digest an owner and day.
 */
export async function release(
  parts: LoopParts,
  principal: Principal,
  filter: ReleaseFilter,
): Promise<number> {
  const now = parts.clock.now();
  const teams =
    principal.teams === 'all'
      ? [filter.team]
      : principal.teams.filter((team) => filter.team === undefined || filter.team === team);
  let released = 0;
  for (const team of teams) {
    for (let more = true; more; ) {
      const count = await parts.store.transaction(async (tx) => {
        const rows = await tx.claimBacklog(team === undefined ? filter : { ...filter, team }, releaseChunk);
        const changes = rows.map(
          (before): Change => ({
            before,
            facts: { ...before.facts, releasedAt: now },
            story: [{ kind: 'released', at: now, body: { by: principal.id }, personal: ['/by'] }],
          }),
        );
        await settle(parts, tx, changes, now);
        return rows.length;
      });
      released += count;
      more = count === releaseChunk;
    }
  }
  if (released > 0) parts.wake();
  return released;
}

/** The global pause: nothing is planned or sent while it is on; everything that falls due waits. */
export async function pause(parts: LoopParts, principal: Principal, isOn: boolean): Promise<void> {
  await parts.store.transaction((tx) =>
    tx.saveSetting('pause', { on: isOn, by: principal.id, at: parts.clock.now() }),
  );
  if (!isOn) parts.wake();
}

export async function pauseState(parts: LoopParts): Promise<Json> {
  return (await parts.store.read.setting(loopPrincipal, 'pause')) ?? { on: false };
}

/**
 * Notes how messages are delivered. On the way from shadow to live every case that was only spoken of in shadow
 * becomes history again: nobody was told, and history never shouts.
 */
export async function noteMode(parts: LoopParts): Promise<void> {
  const { mode, rollout = [] } = parts.delivery;
  const told = rollout.length === 0 ? mode : JSON.stringify({ mode, rollout });
  await parts.store.transaction(async (tx) => {
    await tx.lock('delivery-mode');
    const before = await tx.setting('delivery-mode');
    if (before === told) return;
    await tx.saveSetting('delivery-mode', told);
    if (before !== undefined) await tx.touchSpoken(parts.clock.now(), {});
  });
}
