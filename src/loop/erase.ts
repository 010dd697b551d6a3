import { AppError } from '../core/errors.ts';
import { duty } from '../core/loop/position.ts';
import { forgetOwner } from '../core/privacy/forget-owner.ts';
import { redactionOf } from '../core/privacy/redact.ts';
import type { Principal } from '../ports/principal.ts';
import type { LoopRow, StoreWrite } from '../ports/store.ts';
import type { LoopParts } from './parts.ts';
import { type Change, settle } from './settle.ts';

export type ErasureAsk = {
  /** The person's id, or an address or account of theirs. */
  readonly id: string;
  /** Further names under which they may stand, such as those of somebody whom no directory knows any more. */
  readonly also: readonly string[];
  readonly reason: string;
};

export type ErasureResult = {
  readonly id: string;
  readonly rows: Readonly<Record<string, number>>;
  /** Cases that were theirs and are open: their team answers for them from now on, or a duty. */
  readonly handedOver: readonly string[];
  /** A directory still has them; what it says and what comes in later names them anew. */
  readonly isStillListed: boolean;
};

/** Cases that are settled anew at once. */
const batchMax = 200;
const over: ReadonlySet<LoopRow['state']> = new Set([
  'held',
  'verified',
  'dismissed',
  'merged',
  'unprovable',
]);

/**
 * Erases somebody from everything that is stored, in one transaction: every name of theirs gives way to a word that
 * says nothing, made with randomness that is kept nowhere. Open cases go to their team or a duty at once, high ones
 * too: a danger does not end because its owner is unknown. The chains stay whole, for they hold commitments only.
 *
 * @param noted writes it down wherever else it belongs, in the same transaction
 * Errors: `not-found` when nothing names them; then nothing is recorded.
 */
export async function eraseFromStore(
  parts: LoopParts,
  principal: Principal,
  ask: ErasureAsk,
  noted: (tx: StoreWrite, erasure: { readonly id: string; readonly at: number }) => Promise<void>,
): Promise<ErasureResult> {
  const { store, people, clock, randomId } = parts;
  const person = people.find(ask.id) ?? people.byEmail(ask.id);
  const once = randomId();
  const insteadOf = (name: string): string => `erased-${parts.idOf(['erased', once, name]).slice(0, 12)}`;
  const known =
    person === undefined
      ? []
      : [person.id, person.name, ...person.emails, ...person.accounts.map(({ name }) => name)];
  const redaction = redactionOf([ask.id, ...known, ...ask.also], insteadOf);
  const erasedIds = new Set(redaction.names.map(({ instead }) => instead));
  const now = clock.now();
  const id = randomId();
  const done = await store.transaction(async (tx) => {
    const { rows, loops } = await tx.erasePerson(redaction, now);
    if (Object.keys(rows).length === 0)
      throw new AppError('not-found', 'Nothing that is stored names this person.');
    const handedOver: string[] = [];
    for (let at = 0; at < loops.length; at += batchMax) {
      const locked = await tx.lockLoops(loops.slice(at, at + batchMax));
      const changes = locked.map((before): Change => {
        const { team, owner, state } = before;
        const forgotten = forgetOwner(before.facts, (one) => erasedIds.has(one), team);
        const isTheirs = erasedIds.has(owner.id ?? '') && !over.has(state);
        const to = team === undefined ? duty : { kind: 'team' as const, id: team };
        const decision = { kind: 'hand-over' as const, at: now, by: principal.id, to };
        const facts = isTheirs ? { ...forgotten, decisions: [...forgotten.decisions, decision] } : forgotten;
        if (isTheirs) handedOver.push(before.caseCode);
        return { before, facts, story: [{ kind: 'erased', at: now, body: { what: 'a person' } }] };
      });
      await settle(parts, tx, changes, now);
    }
    const instead = insteadOf((person?.id ?? ask.id).trim().toLowerCase());
    const by = { byId: principal.id, byName: principal.name };
    await tx.recordErasure({ id, at: now, ...by, reason: ask.reason, instead, rows });
    await noted(tx, { id, at: now });
    return { rows, handedOver };
  });
  parts.wake();
  return { id, ...done, isStillListed: person !== undefined && people.person(person.id) !== undefined };
}
