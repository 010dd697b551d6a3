import type { Behaviour } from '../core/behaviour.ts';
import { durationMs } from '../core/duration.ts';
import type { Validity } from '../core/event.ts';
import type { LoopFacts, Sighting } from '../core/loop/facts.ts';
import { contacts, standingReply } from '../core/loop/position.ts';
import { type Proof, proofOf } from '../core/loop/proof.ts';
import { isMask } from '../core/mask.ts';
import type { CaseValues, MessageValues, SeenBy } from '../core/placeholders.ts';
import { addDuration } from '../core/working-time.ts';
import type { LoopRow } from '../ports/store.ts';
import { hoursOf } from './calendar.ts';
import { type LoopParts, ownerView, type RenderRequest } from './parts.ts';

/** What the loop knows, as plain data for words. */
export function messageValues(parts: LoopParts, request: RenderRequest): MessageValues | undefined {
  const [first] = request.loops;
  const behaviour = parts.behaviours.get(request.behaviour);
  if (first === undefined || behaviour === undefined) return undefined;
  const { facts } = first;
  const proof = proofOf(facts, behaviour, request.at);
  const seenBy = whoSees(parts, behaviour, first, request);
  const told = contacts(facts)[0];
  const owner = first.owner.kind === 'person' ? parts.people.person(first.owner.id ?? '') : undefined;
  const team = first.team === undefined ? undefined : parts.people.team(first.team);
  const reply = standingReply(facts);
  const away = request.standInFor === undefined ? undefined : parts.people.person(request.standInFor);
  const caseOf = (row: LoopRow) => caseValues(row, standsOf(proofOf(row.facts, behaviour, request.at)));
  return {
    ...caseOf(first),
    ...(request.loops.length > 1 ? { items: request.loops.map(caseOf), count: request.loops.length } : {}),
    ...nameOf(request.recipient),
    ...(request.recipient.timeZone === undefined ? {} : { timeZone: request.recipient.timeZone }),
    ...(request.replyUrl === undefined ? {} : { replyUrl: request.replyUrl }),
    ...(seenBy === undefined ? {} : { seenBy, ...(seenBy.at === undefined ? {} : { dueAt: seenBy.at }) }),
    ...(owner === undefined ? {} : { ownerName: owner.name }),
    ...(team === undefined ? {} : { ownerTeam: team.name }),
    ...(told === undefined ? {} : { toldAt: told.at }),
    ...(facts.relapseNumber > 0 ? { relapseNumber: facts.relapseNumber } : {}),
    holdDays: Math.round(durationMs(behaviour.hold.window) / 86_400_000),
    ...(proof.rung === 'verified' ? { verifiedBy: verifiedBy(facts, proof.isAttested) } : {}),
    ...(reply === undefined ? {} : { answer: reply.answer }),
    ...(away === undefined ? handoverOf(first) : { handover: 'away' as const, ownerName: away.name }),
    ...closedBecause(first),
  };
}

/** How far the fix has come, in the three words that packs have for it. */
export function standsOf({ rung }: Pick<Proof, 'rung'>): NonNullable<CaseValues['stands']> {
  switch (rung) {
    case 'none':
    case 'claimed':
      return 'open';
    case 'observed':
      return 'observed';
    default:
      return 'fixed';
  }
}

export function caseValues(
  row: Pick<LoopRow, 'facts' | 'caseCode'>,
  stands?: CaseValues['stands'],
): CaseValues {
  const { facts } = row;
  const first = firstSighting(facts);
  const where = first?.where ?? {};
  const { status, at } = latestValidity(facts);
  return {
    caseCode: row.caseCode,
    validity: status,
    ...(where.repository === undefined ? {} : { repository: where.repository }),
    ...(where.file === undefined ? {} : { file: where.file }),
    ...(where.line === undefined ? {} : { line: where.line }),
    ...(where.commit === undefined ? {} : { commit: where.commit }),
    ...(where.branch === undefined ? {} : { branch: where.branch }),
    ...(facts.secret === undefined ? {} : { provider: facts.secret.provider }),
    ...(facts.secret?.lastFour === undefined ? {} : { lastFour: facts.secret.lastFour }),
    ...(first === undefined ? {} : { occurredAt: first.at }),
    ...(at === undefined ? {} : { checkedAt: at }),
    ...(stands === undefined ? {} : { stands }),
    ...deedValues(facts),
  };
}

/** The first that still counts: a step that seemed skipped may have been seen after all. */
function firstSighting(facts: LoopFacts): Sighting | undefined {
  return facts.kept.find(({ event }) => facts.refuted?.includes(event) !== true) ?? facts.kept[0];
}

/** What was done, with what, to what, and what of it was wrong: of the first sighting, as everything else. */
function deedValues(facts: LoopFacts): Partial<CaseValues> {
  const first = firstSighting(facts);
  // A mask says less than the provider of a secret, its last characters or the words for a key.
  const shown = <Named extends { readonly id: string }>(named: Named | undefined) =>
    named === undefined || isMask(named.id) ? undefined : named;
  const identity = shown(facts.identity)?.id;
  const resource = shown(first?.resource);
  const { actor, action, outcome, joins, network, kind, broken, unusual, rules } = first ?? {};
  const [foundBy] = rules ?? [];
  const name = actor?.name ?? actor?.account?.name ?? actor?.id;
  return {
    ...(identity === undefined ? {} : { identity }),
    ...(resource === undefined ? {} : { resource }),
    ...(action === undefined ? {} : { deed: action }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(joins?.rule === undefined ? {} : { rule: joins.rule }),
    ...(joins?.campaign === undefined ? {} : { campaign: joins.campaign }),
    ...(network?.address === undefined ? {} : { address: network.address }),
    ...(kind === undefined ? {} : { kind }),
    ...(broken === undefined ? {} : { broken }),
    ...(unusual === undefined ? {} : { unusual }),
    ...(foundBy === undefined ? {} : { foundBy }),
    ...(name !== undefined && actor?.type === 'agent' ? { agent: name } : {}),
    ...(name !== undefined && actor?.type === 'workload' ? { workload: name } : {}),
  };
}

/** The latest word of any source on whether the secret works; at one instant the worse word counts. */
export function latestValidity(facts: LoopFacts): { readonly status: Validity; readonly at?: number } {
  const words = Object.values(facts.validity)
    .filter((seen) => seen.status !== 'unknown' || seen.activeAt !== undefined)
    .toSorted((a, b) => b.at - a.at || (a.status === 'active' ? -1 : 1));
  const [last] = words;
  if (last === undefined) return { status: 'unknown' };
  return { status: last.status === 'unknown' ? 'inactive' : last.status, at: last.at };
}

/** The first step of the ladder that reaches someone else, with its day. */
function whoSees(
  parts: LoopParts,
  behaviour: Behaviour,
  row: LoopRow,
  request: RenderRequest,
): SeenBy | undefined {
  const view = ownerView(parts, row.owner, row.repository);
  const zone = request.recipient.timeZone ?? parts.delivery.timeZone;
  const owner = row.owner.kind === 'person' ? parts.people.person(row.owner.id ?? '') : undefined;
  const hours = hoursOf(parts, owner);
  let at = request.at;
  for (const step of behaviour.ladder) {
    at = addDuration(at, step.after, zone, hours);
    if (step.to === 'owner') continue;
    const wanted =
      step.to === 'manager' ? (view.manager ?? view.team) : step.to === 'team' ? view.team : undefined;
    if (wanted === undefined) return { who: 'duty', at };
    if (wanted.kind === request.recipient.kind && wanted.id === request.recipient.id) continue;
    const name =
      wanted.kind === 'person' ? parts.people.person(wanted.id)?.name : parts.people.team(wanted.id)?.name;
    return {
      who: wanted.kind === 'person' ? 'manager' : 'team',
      at,
      ...(name === undefined ? {} : { name }),
    };
  }
  return { who: 'nobody' };
}

function verifiedBy(facts: LoopFacts, isAttested: boolean): NonNullable<MessageValues['verifiedBy']> {
  if (isAttested) return 'attested';
  if (facts.secret === undefined) return 'other';
  const flipped = Object.values(facts.validity).some((seen) => seen.status === 'unknown');
  const deleted = Object.values(facts.seen).some((seen) => seen.signal === 'key-deleted');
  return deleted ? 'key-deleted' : flipped ? 'validity-flipped' : 'inactive';
}

function handoverOf(row: LoopRow): Pick<MessageValues, 'handover'> {
  const reply = standingReply(row.facts);
  switch (reply?.answer) {
    case 'not-mine':
    case 'not-me':
    case 'need-help':
      return { handover: reply.answer };
    default:
      return row.owner.kind === 'unknown' ? { handover: 'no-owner' } : {};
  }
}

function closedBecause(row: LoopRow): Pick<MessageValues, 'closedBecause'> {
  const { state } = row;
  return state === 'held' || state === 'dismissed' || state === 'accepted' || state === 'unprovable'
    ? { closedBecause: state }
    : {};
}

/** How a recipient is greeted. An address is no name, and neither is a role. */
function nameOf(recipient: RenderRequest['recipient']): Pick<MessageValues, 'recipientName'> {
  const isNamed = !recipient.id.includes(':') && recipient.name !== recipient.kind;
  return isNamed ? { recipientName: recipient.name } : {};
}
