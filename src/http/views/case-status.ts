import type { Behaviour } from '../../core/behaviour.ts';
import { isAskedAgain, ownReply } from '../../core/loop/answering.ts';
import type { LoopFacts, ReplyFact } from '../../core/loop/facts.ts';
import { duty } from '../../core/loop/position.ts';
import type { Proof } from '../../core/loop/proof.ts';
import { localDay } from '../../core/working-time.ts';
import type { CaseStatus } from '../../pages/recipient-view.ts';
import { type WrongReason, wrongReasons } from '../../pages/reply-form.ts';
import type { LoopRow } from '../../ports/store.ts';

type Addressee = { readonly kind: string; readonly id: string };

/**
 * What a recipient's page says of where their case stands: what they answered themselves, what was proven, or that it
 * is with someone else by now.
 *
 * @param proof at the instant of the page
 */
export function caseStatus(
  row: LoopRow,
  behaviour: Behaviour,
  proof: Proof,
  reader: Addressee,
  timeZone: string,
): CaseStatus {
  const { facts } = row;
  const own = ownReply(facts, reader);
  switch (row.state) {
    case 'verified':
      return {
        kind: 'verified',
        at: row.verifiedAt ?? row.updatedAt,
        ...(proof.holdEndsAt === undefined ? {} : { holdUntil: proof.holdEndsAt }),
      };
    case 'held':
      return { kind: 'held', at: proof.at, ...optionalAt(row.verifiedAt) };
    case 'accepted': {
      const risk = facts.decisions.findLast((decision) => decision.kind === 'accept-risk');
      const until = risk?.kind === 'accept-risk' ? { until: localDay(risk.until, timeZone) } : {};
      return { kind: 'closed', why: 'accepted', at: risk?.at ?? row.updatedAt, ...until };
    }
    case 'dismissed':
    case 'merged':
    case 'unprovable':
    case 'orphaned':
      return { kind: 'closed', why: row.state, at: row.updatedAt };
    default:
      return openStatus(row, behaviour, proof, reader, own, timeZone);
  }
}

function optionalAt(verifiedAt: number | undefined) {
  return verifiedAt === undefined ? {} : { verifiedAt };
}

function openStatus(
  row: LoopRow,
  behaviour: Behaviour,
  proof: Proof,
  reader: Addressee,
  own: ReplyFact | undefined,
  timeZone: string,
): CaseStatus {
  const { facts } = row;
  const isWithDuty = reader.kind === duty.kind;
  if (own === undefined) {
    // Somebody else said that it was not them: whoever was told beside them has nothing to do any more.
    if (row.state === 'incident' && !isWithDuty)
      return { kind: 'closed', why: 'incident', at: row.updatedAt };
    return { kind: 'open', ...disproved(facts, proof) };
  }
  if (isAskedAgain({ facts, rung: proof.rung }, own, reader))
    return { kind: 'open', ...disproved(facts, proof) };
  // A name of the directory passes it on at once; any other waits for the duty role, and may still be taken back.
  if (own.answer === 'not-mine' && own.proposedOwner !== undefined)
    return { kind: 'closed', why: 'reassigned', at: own.at };
  const isDisproved = own.answer === 'done' && (proof.disprovedAt ?? 0) > own.at;
  if (isDisproved) return { kind: 'open', ...disproved(facts, proof) };
  if (!behaviour.answers.includes(own.answer)) return { kind: 'open' };
  const { reason, note } = splitReason(own);
  return {
    kind: 'answered',
    answer: own.answer,
    at: own.at,
    ...(reason === undefined ? {} : { reason }),
    ...(note === undefined ? {} : { note }),
    ...(own.until === undefined ? {} : { until: localDay(own.until, timeZone) }),
  };
}

/** "Done" was answered, and a later look showed that it still works. */
function disproved(facts: LoopFacts, proof: Proof): { readonly disprovedAt?: number } {
  const claim = facts.replies.findLast(({ answer, by }) => answer === 'done' && by.kind !== 'agent');
  const at = proof.disprovedAt ?? 0;
  return claim !== undefined && at > claim.at ? { disprovedAt: at } : {};
}

/** Until when they put it off, while they have not answered. */
export function withSnooze(status: CaseStatus, row: LoopRow, reader: Addressee, now: number): CaseStatus {
  if (status.kind !== 'open' || row.state !== 'told') return status;
  const own = (row.facts.snoozes ?? []).filter(({ by }) => by.kind === reader.kind && by.id === reader.id);
  const until = Math.max(0, ...own.map((snooze) => snooze.until));
  return until > now ? { ...status, snoozedUntil: until } : status;
}

/** The reason of a reply: for "this is wrong" a choice and a few words, else a few words. */
export function joinReason(reason: WrongReason | undefined, note: string | undefined): string | undefined {
  if (reason === undefined) return note;
  return note === undefined ? reason : `${reason}: ${note}`;
}

export function splitReason(reply: Pick<ReplyFact, 'answer' | 'reason'>): {
  readonly reason?: WrongReason;
  readonly note?: string;
} {
  const { reason: text } = reply;
  if (text === undefined) return {};
  if (reply.answer !== 'wrong') return { note: text };
  const reason = wrongReasons.find((word) => text === word || text.startsWith(`${word}: `));
  if (reason === undefined) return { note: text };
  const note = text.slice(reason.length + 2);
  return { reason, ...(note === '' ? {} : { note }) };
}
