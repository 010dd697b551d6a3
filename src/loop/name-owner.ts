import type { Json } from '../core/event.ts';
import { keptNote } from '../core/kept-text.ts';
import type { Principal } from '../ports/principal.ts';
import type { IdentityDecisionRow, IdentityRow, StoreWrite } from '../ports/store.ts';
import { identityOfLoop, listedOwner } from './follow-identities.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';
import { type Change, settle } from './settle.ts';

export type NameInput = {
  readonly to: { readonly kind: 'person' | 'team'; readonly id: string };
  readonly reason: string;
};

export type Named =
  | { readonly kind: 'named'; readonly identity: IdentityRow; readonly handedOver: number }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Notes the decision wherever else it belongs, in the same transaction. */
export type NoteDecision = (tx: StoreWrite, row: IdentityDecisionRow) => Promise<void>;

/** Loops of one identity that are handed over in one transaction. */
const loopsMax = 200;

/**
 * An operator says who answers for an identity. It counts from now on, also for what is reported later, until it is taken
 * back; open loops about it that the operator may see are handed over. The same again changes nothing.
 */
export async function nameOwner(
  parts: LoopParts,
  principal: Principal,
  id: string,
  input: NameInput,
  noted: NoteDecision,
): Promise<Named> {
  const now = parts.clock.now();
  const seen = await parts.store.read.identity(principal, id);
  if (seen === undefined) return { kind: 'not-found' };
  const { people } = parts;
  const asked = input.to.id;
  const person = input.to.kind === 'person' ? (people.person(asked) ?? people.find(asked)) : undefined;
  const team = input.to.kind === 'team' ? (people.team(asked) ?? people.teamByHandle(asked)) : undefined;
  const to = person?.isActive === true ? person.id : team?.id;
  if (to === undefined)
    return { kind: 'refused', reason: 'the directory does not know them, or they have left' };
  const owner = { kind: input.to.kind, id: to };
  const named = await parts.store.transaction(async (tx): Promise<Named> => {
    const before = await tx.lockIdentity(id);
    if (before === undefined) return { kind: 'not-found' };
    const isSame =
      before.namedAt !== undefined && before.owner.kind === owner.kind && before.owner.id === owner.id;
    if (isSame) return { kind: 'named', identity: before, handedOver: 0 };
    const teamId = person?.team ?? team?.id;
    const { team: _team, ...rest } = before;
    const identity: IdentityRow = {
      ...rest,
      owner: { ...owner, confidence: 1 },
      standing: 'owned',
      ...(teamId === undefined ? {} : { team: teamId }),
      namedAt: now,
    };
    await tx.nameIdentity(identity);
    const row: IdentityDecisionRow = {
      id: parts.randomId(),
      subject: id,
      kind: 'named',
      to: owner,
      reason: keptNote(input.reason),
      by: principal.id,
      at: now,
    };
    await tx.addIdentityDecision(row);
    await noted(tx, row);
    return { kind: 'named', identity, handedOver: 0 };
  });
  if (named.kind !== 'named') return named;
  const handedOver = await handOver(parts, principal, id, owner, now);
  if (handedOver > 0) parts.wake();
  return { ...named, handedOver };
}

/** Hands open loops of an identity over, in small transactions: what was begun is finished by asking again. */
async function handOver(
  parts: LoopParts,
  principal: Principal,
  id: string,
  to: { readonly kind: 'person' | 'team'; readonly id: string },
  now: number,
): Promise<number> {
  let count = 0;
  let after: string | undefined;
  do {
    const done = await parts.store.transaction(async (tx) => {
      const rows = await tx.lockOpenLoopsOfIdentity(id, loopsMax, after);
      const changes = rows.flatMap((before): readonly Change[] => {
        const { facts, owner, team } = before;
        const mayChange = principal.teams === 'all' || (team !== undefined && principal.teams.includes(team));
        const last = facts.decisions.findLast((decision) => decision.kind === 'hand-over');
        const holder = last?.kind === 'hand-over' ? last.to : owner;
        if (!mayChange || (holder.kind === to.kind && holder.id === to.id)) return [];
        const decision = { kind: 'hand-over' as const, at: now, by: principal.id, to };
        const body: Json = { decision: 'hand-over', by: principal.id, to: { ...to } };
        return [
          {
            before,
            facts: { ...facts, decisions: [...facts.decisions, decision] },
            story: [{ kind: 'decision', at: now, body, personal: ['/by', '/to/id'] }],
          },
        ];
      });
      await settle(parts, tx, changes, now);
      return { changed: changes.length, last: rows.length < loopsMax ? undefined : rows.at(-1)?.id };
    });
    count += done.changed;
    after = done.last;
  } while (after !== undefined);
  return count;
}

/** Takes back what an operator said: the evidence decides again. Loops that were handed over stay where they are. */
export async function takeBackOwner(
  parts: LoopParts,
  principal: Principal,
  id: string,
  reason: string,
  noted: NoteDecision,
): Promise<Named> {
  const now = parts.clock.now();
  const seen = await parts.store.read.identity(principal, id);
  if (seen === undefined) return { kind: 'not-found' };
  return parts.store.transaction(async (tx): Promise<Named> => {
    const before = await tx.lockIdentity(id);
    if (before === undefined) return { kind: 'not-found' };
    if (before.namedAt === undefined) return { kind: 'refused', reason: 'nobody was named' };
    const [loop] = before.loop === undefined ? [] : await tx.read.loopsByIds(loopPrincipal, [before.loop]);
    const known =
      (loop === undefined ? undefined : identityOfLoop(parts, loop)) ?? listedOwner(parts, before);
    const { namedAt: _namedAt, team: _team, ...rest } = before;
    const identity: IdentityRow = {
      ...rest,
      owner: known.owner,
      standing: known.standing,
      ...(known.team === undefined ? {} : { team: known.team }),
    };
    await tx.nameIdentity(identity);
    const row: IdentityDecisionRow = {
      id: parts.randomId(),
      subject: id,
      kind: 'taken-back',
      reason: keptNote(reason),
      by: principal.id,
      at: now,
    };
    await tx.addIdentityDecision(row);
    await noted(tx, row);
    return { kind: 'named', identity, handedOver: 0 };
  });
}
