import type { Json } from '../core/event.ts';
import { keptNote } from '../core/kept-text.ts';
import { contacts, positionOf } from '../core/loop/position.ts';
import { withoutShadow, withShadow } from '../core/loop/rollout.ts';
import {
  addSnooze,
  type SnoozeChoice,
  type SnoozeFact,
  type SnoozeRefusal,
  snoozeChoices,
  snoozeRefusal,
  snoozeUntil,
} from '../core/loop/snooze.ts';
import type { Principal } from '../ports/principal.ts';
import type { ClaimedMessage, LoopRow, StoreWrite } from '../ports/store.ts';
import { hoursFor } from './calendar.ts';
import { type LoopParts, loopPrincipal, ownerView } from './parts.ts';
import { isSpokenOf, readRollout } from './rollout.ts';
import { type Change, settle } from './settle.ts';
import { snoozeLimits } from './severity.ts';

export type SnoozeInput = {
  readonly choice: SnoozeChoice;
  /** One loop of the message; all of them when left out. */
  readonly loop?: string;
  /** Of the page that was shown or the button that was pressed, so that a double click is one. */
  readonly nonce?: string;
  /** Through which account it came, where a channel vouches for one. */
  readonly account?: { readonly system: string; readonly name: string };
};

export type Snoozed =
  | { readonly kind: 'snoozed'; readonly loops: readonly LoopRow[]; readonly until: number }
  | { readonly kind: 'refused'; readonly reason: SnoozeRefusal };

/** Puts words off by the recipient's link. As weak as a reply: it moves reminders within narrow limits, and decides nothing. */
export async function snoozeByLink(
  parts: LoopParts,
  tokenHash: string,
  input: SnoozeInput,
): Promise<Snoozed | { readonly kind: 'expired' | 'unknown-link' }> {
  const now = parts.clock.now();
  const done = await parts.store.transaction(async (tx) => {
    const claimed = (await tx.read.messagesByTokens(loopPrincipal, [tokenHash])).get(tokenHash);
    if (claimed === undefined) return { kind: 'unknown-link' as const };
    if ((claimed.message.tokenExpiresAt ?? 0) <= now) return { kind: 'expired' as const };
    return snooze(parts, tx, claimed, input, now);
  });
  if (done.kind === 'snoozed') parts.wake();
  return done;
}

/** Puts off the words of a message; whoever calls has judged that it is the recipient who asks. */
export async function snooze(
  parts: LoopParts,
  tx: StoreWrite,
  { message, wants }: ClaimedMessage,
  input: SnoozeInput,
  now: number,
): Promise<Snoozed> {
  const { to } = message;
  if (to.kind === 'duty') return { kind: 'refused', reason: 'not-offered' };
  const ids = [...new Set(wants.map(({ loop }) => loop))].filter(
    (id) => input.loop === undefined || input.loop === id,
  );
  const rows = await tx.lockLoops(ids);
  const once = input.nonce ?? parts.randomId();
  const asked = { at: now, until: untilOf(parts, to, input.choice, now), by: to, message: message.id };
  const person = { kind: to.kind, id: to.id };
  return putOff(
    parts,
    tx,
    rows.map((row) => ({
      row,
      fact: { ...asked, by: person, id: parts.idOf(['snooze', message.id, row.id, input.choice, once]) },
    })),
    input.account,
    now,
  );
}

type Asked = { readonly row: LoopRow; readonly fact: SnoozeFact; readonly reason?: string };

async function putOff(
  parts: LoopParts,
  tx: StoreWrite,
  asked: readonly Asked[],
  account: SnoozeInput['account'],
  now: number,
): Promise<Snoozed> {
  await readRollout(parts, tx.read);
  // A second click, a delivery that is repeated, or a wish that is fulfilled: what was done stands.
  const [again] = asked.flatMap(({ row, fact }) => knownOf(row, fact) ?? []);
  if (again !== undefined) return { kind: 'snoozed', loops: asked.map(({ row }) => row), until: again.until };
  const refusals = asked.map(({ row, fact }) => refusalOf(parts, row, fact, now));
  const open = asked.filter((_, at) => refusals[at] === undefined);
  if (open.length === 0) return { kind: 'refused', reason: refusals[0] ?? 'not-waiting' };
  const changes = open.map((one): Change => {
    const { row, fact } = one;
    return {
      before: row,
      facts: addSnooze(row.facts, fact),
      story: [{ kind: 'snoozed', at: now, ...storyOf(one, account) }],
    };
  });
  const loops = await settle(parts, tx, changes, now);
  return { kind: 'snoozed', loops, until: Math.max(...open.map(({ fact }) => fact.until)) };
}

function knownOf({ facts }: LoopRow, { id, by, until }: SnoozeFact): SnoozeFact | undefined {
  return facts.snoozes?.find(
    (one) => one.id === id || (one.by.kind === by.kind && one.by.id === by.id && one.until >= until),
  );
}

function storyOf({ fact, reason }: Asked, account: SnoozeInput['account']) {
  const { until, message, by, operator } = fact;
  const body: { [key: string]: Json } = { until, message, by: { ...by } };
  const personal = ['/by/id'];
  if (operator !== undefined) {
    body['operator'] = operator;
    personal.push('/operator');
  }
  if (reason !== undefined) {
    body['reason'] = keptNote(reason);
    personal.push('/reason');
  }
  if (account !== undefined) {
    body['account'] = { ...account };
    personal.push('/account/name');
  }
  return { body, personal };
}

function refusalOf(
  parts: LoopParts,
  row: LoopRow,
  asked: Pick<SnoozeFact, 'at' | 'until' | 'by'>,
  now: number,
): SnoozeRefusal | undefined {
  const behaviour = parts.behaviours.get(row.behaviour);
  if (behaviour === undefined) return 'not-waiting';
  const view = ownerView(parts, row.owner, row.repository);
  const facts = isSpokenOf(parts, row.facts, view) ? withoutShadow(row.facts) : withShadow(row.facts);
  const limits = snoozeLimits(parts, behaviour, row.facts);
  return snoozeRefusal(facts, positionOf(facts, behaviour, view, now), asked, limits);
}

/** What a recipient may choose now, with the times that it comes to; empty where nothing can be put off. */
export function snoozesOffered(
  parts: LoopParts,
  row: LoopRow,
  to: ClaimedMessage['message']['to'],
  now: number,
): readonly { readonly choice: SnoozeChoice; readonly until: number }[] {
  const { kind, id } = to;
  if (kind === 'duty') return [];
  return snoozeChoices
    .map((choice) => ({ choice, until: untilOf(parts, to, choice, now) }))
    .filter(({ until }) => {
      const isLonger = (row.facts.snoozes ?? []).every((one) => one.until < until);
      return isLonger && refusalOf(parts, row, { at: now, until, by: { kind, id } }, now) === undefined;
    });
}

function untilOf(
  parts: LoopParts,
  to: ClaimedMessage['message']['to'],
  choice: SnoozeChoice,
  now: number,
): number {
  const zone = parts.recipient(to)?.timeZone ?? parts.delivery.timeZone;
  return snoozeUntil(choice, now, zone, hoursFor(parts, to));
}

export type SnoozedByOperator = Snoozed | { readonly kind: 'not-found' };

/** Puts the words of one case off in the place of whoever was asked last, within the same limits. */
export async function snoozeByOperator(
  parts: LoopParts,
  principal: Principal,
  reference: string,
  input: { readonly choice: SnoozeChoice; readonly reason: string },
): Promise<SnoozedByOperator> {
  const now = parts.clock.now();
  const found = await parts.store.read.loop(principal, reference);
  if (found === undefined || found.loop.isStub) return { kind: 'not-found' };
  const done = await parts.store.transaction(async (tx): Promise<SnoozedByOperator> => {
    const [row] = await tx.lockLoops([found.loop.id]);
    if (row === undefined) return { kind: 'not-found' };
    const last = contacts(row.facts).at(-1);
    if (last === undefined || last.recipient.kind === 'duty')
      return { kind: 'refused', reason: 'not-waiting' };
    const { kind, id } = last.recipient;
    const fact = {
      id: parts.idOf(['snooze', last.message, row.id, parts.randomId()]),
      at: now,
      until: untilOf(parts, last.recipient, input.choice, now),
      by: { kind, id },
      message: last.message,
      operator: principal.id,
    };
    return putOff(parts, tx, [{ row, fact, reason: input.reason }], undefined, now);
  });
  if (done.kind === 'snoozed') parts.wake();
  return done;
}
