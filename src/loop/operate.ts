import { keptNote } from '../core/kept-text.ts';
import type { Addressee } from '../core/loop/position.ts';
import { isClosed, type LoopState } from '../core/loop/states.ts';
import { momentsThatAsk } from '../core/message-template.ts';
import { localDay } from '../core/working-time.ts';
import type { Principal } from '../ports/principal.ts';
import type { ClaimedMessage, LoopRow, MessageRow, ReplayFilter, StoreWrite } from '../ports/store.ts';
import type { LedgerFact, LoopParts } from './parts.ts';
import { rememberMessages } from './remember.ts';
import { settle } from './settle.ts';

/** What became of an operator's wish; `reason` is a sentence without its capital and its full stop. */
export type Operated =
  | { readonly kind: 'done'; readonly message: MessageRow }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Somebody who lost a message needs it once more, not every hour. */
const repeatsMax = 3;
const roleMessagesMax = 1000;

type Held = { readonly claimed: ClaimedMessage; readonly rows: readonly LoopRow[]; readonly now: number };

/** Finds a message and locks its cases, all of which the operator must see: a case may have changed its team since. */
async function operate(
  parts: LoopParts,
  principal: Principal,
  id: string,
  work: (tx: StoreWrite, held: Held) => Promise<Operated>,
): Promise<Operated> {
  const now = parts.clock.now();
  const done = await parts.store.transaction(async (tx): Promise<Operated> => {
    const claimed = await tx.read.message(principal, id);
    if (claimed === undefined) return { kind: 'not-found' };
    const ids = [...new Set(claimed.wants.map((want) => want.loop))];
    const seen = await tx.read.loopsByIds(principal, ids);
    if (seen.length < ids.length) return { kind: 'not-found' };
    const rows = await tx.lockLoops(ids);
    // Read again under the locks of its cases: what is decided below holds.
    const held = (await tx.messageById(id)) ?? claimed;
    return work(tx, { claimed: held, rows, now });
  });
  if (done.kind === 'done') parts.wake();
  return done;
}

function storyOf(
  kind: string,
  held: Held,
  principal: Principal,
  reason: string | undefined,
  more: { readonly to?: Addressee } = {},
): LedgerFact {
  const { to } = more;
  return {
    kind,
    at: held.now,
    body: {
      message: held.claimed.message.id,
      by: principal.id,
      ...(reason === undefined ? {} : { reason: keptNote(reason) }),
      ...(to === undefined ? {} : { to: { ...to } }),
    },
    personal: ['/by', ...(reason === undefined ? [] : ['/reason']), ...(to === undefined ? [] : ['/to/id'])],
  };
}

const underway: Readonly<Partial<Record<MessageRow['state'], string>>> = {
  sending: 'it is being handed over just now',
  accepted: 'the channel accepted it: what left cannot be unsent',
  uncertain: 'it may have arrived: settle it instead',
};

/**
 * Takes back a message that waits. It says nothing about the case, which goes on as if the recipient could not be
 * reached: the next in line hears of it. To say nothing to anybody, dismiss the case.
 */
export function withdraw(
  parts: LoopParts,
  principal: Principal,
  id: string,
  reason: string,
): Promise<Operated> {
  return operate(parts, principal, id, async (tx, held) => {
    const { message } = held.claimed;
    if (message.to.kind === 'duty')
      return { kind: 'refused', reason: 'the duty role is the last in line: nobody would hear of it' };
    if (!(await tx.withdrawMessage(id, 'an operator withdrew it')))
      return { kind: 'refused', reason: underway[message.state] ?? `it is ${message.state}` };
    const told = storyOf('withdrawn', held, principal, reason);
    await rememberMessages(parts, tx, [{ claimed: held.claimed, outcome: 'refused', told }], held.now);
    return { kind: 'done', message: { ...message, state: 'withdrawn' } };
  });
}

/** Says a message once more that a channel accepted: the same words to the same recipient, with a link of its own. */
export function resend(
  parts: LoopParts,
  principal: Principal,
  id: string,
  reason: string | undefined,
): Promise<Operated> {
  return operate(parts, principal, id, async (tx, held) => {
    const { claimed, rows, now } = held;
    const { message } = claimed;
    if (message.isShadow)
      return { kind: 'refused', reason: 'it was written in shadow: there is nobody who lost it' };
    if (message.state !== 'accepted')
      return { kind: 'refused', reason: `it is ${message.state}: only what was accepted is sent once more` };
    if (momentsThatAsk.has(message.moment) && rows.every(isOver))
      return { kind: 'refused', reason: 'what it asks for is no longer needed' };
    const root = rootOf(message);
    const repeats = await tx.read.repeatsOf(principal, message, `resend:${root}:`);
    if (repeats.waiting > 0) return { kind: 'refused', reason: 'it is on its way once more already' };
    if (repeats.n >= repeatsMax)
      return { kind: 'refused', reason: `it was sent once more ${repeatsMax} times` };
    const occasion = `resend:${root}:${repeats.n + 1}`;
    const { to, moment } = message;
    const repeated = {
      ...message,
      id: parts.idOf(['message', to.kind, to.id, moment, occasion]),
      occasion,
      channel: parts.channel(message.channel) === undefined ? parts.delivery.channel : message.channel,
      state: 'queued' as const,
      dueAt: now,
      createdAt: now,
      attempt: 0,
    };
    const wants = claimed.wants.map((want) => ({ ...want, occasion: `${occasion}/${want.occasion}` }));
    if (!(await tx.repeatMessage({ message: repeated, wants })))
      return { kind: 'refused', reason: 'it is on its way once more already' };
    const zone = parts.recipient(to)?.timeZone ?? parts.delivery.timeZone;
    // A person decided it, so it is not held back by the cap; but it counts.
    const cap = { messagesMax: roleMessagesMax, releasedMax: roleMessagesMax, isReleased: false };
    await tx.takeAttention([{ to, day: localDay(now, zone), ...cap }]);
    const story = [storyOf('resent', held, principal, reason)];
    const changes = rows.map((before) => ({ before, facts: before.facts, story }));
    await settle(parts, tx, changes, now);
    return { kind: 'done', message: repeated };
  });
}

function isOver({ state }: Pick<LoopRow, 'state'>): boolean {
  return isClosed(state) || state === 'verified';
}

/** The message that was said first. */
function rootOf({ id, occasion }: MessageRow): string {
  return /^resend:([0-9a-f]{32}):/u.exec(occasion)?.[1] ?? id;
}

/** States in which somebody is being asked, so that somebody else can be asked instead. */
const asking: ReadonlySet<LoopState> = new Set<LoopState>(['triage', 'open', 'told', 'escalated']);

/**
 * Has somebody else asked instead: a person or team of the directory, or the duty role; never an address. What waits
 * is taken back; whoever was told already stays told.
 */
export function redirect(
  parts: LoopParts,
  principal: Principal,
  id: string,
  to: Addressee,
  reason: string,
): Promise<Operated> {
  return operate(parts, principal, id, async (tx, held) => {
    const { claimed, rows, now } = held;
    const { message } = claimed;
    const refused = refusedTarget(parts, principal, message, to);
    if (refused !== undefined) return { kind: 'refused', reason: refused };
    const open = rows.filter(({ state }) => asking.has(state));
    if (open.length === 0) return { kind: 'refused', reason: 'nobody is being asked about it any more' };
    if (message.state === 'sending') return { kind: 'refused', reason: underway.sending ?? '' };
    const isTakenBack = await tx.withdrawMessage(id, 'an operator redirected it');
    // Its words are free again: whoever is to hear them now hears them.
    if (isTakenBack) await tx.releaseWants(claimed.wants);
    const story = [storyOf('redirected', held, principal, reason, { to })];
    const decision = { kind: 'hand-over' as const, at: now, by: principal.id, to };
    const changes = open.map((before) => ({
      before,
      facts: { ...before.facts, decisions: [...before.facts.decisions, decision] },
      story,
    }));
    await settle(parts, tx, changes, now);
    return { kind: 'done', message: isTakenBack ? { ...message, state: 'withdrawn' } : message };
  });
}

function refusedTarget(
  parts: LoopParts,
  principal: Principal,
  message: MessageRow,
  to: Addressee,
): string | undefined {
  if (to.kind === message.to.kind && to.id === message.to.id) return 'it goes to them already';
  if (to.kind === 'duty') return undefined;
  const person = to.kind === 'person' ? parts.people.person(to.id) : undefined;
  const isKnown = to.kind === 'person' ? person?.isActive === true : parts.people.team(to.id) !== undefined;
  if (!isKnown) return 'the directory does not know them';
  if (principal.teams === 'all') return undefined;
  const team = to.kind === 'person' ? person?.team : to.id;
  // Who sees some teams only must not show their cases to others, nor fill others' mailboxes.
  return team !== undefined && principal.teams.includes(team) ? undefined : 'they are of no team of yours';
}

/** Notes that an uncertain message arrived, as somebody found out. */
export function confirmArrived(
  parts: LoopParts,
  principal: Principal,
  id: string,
  reason: string | undefined,
): Promise<Operated> {
  return operate(parts, principal, id, async (tx, held) => {
    const { claimed } = held;
    if (!(await tx.confirmMessage(id)))
      return { kind: 'refused', reason: `it is ${claimed.message.state}, not uncertain` };
    const told = storyOf('settled', held, principal, reason);
    const at = claimed.message.sentAt ?? held.now;
    await rememberMessages(parts, tx, [{ claimed, outcome: 'accepted', at, told }], held.now);
    return { kind: 'done', message: { ...claimed.message, state: 'accepted' } };
  });
}

/** Cases locked at once. */
const replayChunk = 100;

/** Sends many failed messages again: those whose cases the operator sees and that are still needed. */
export async function replayMany(
  parts: LoopParts,
  principal: Principal,
  filter: ReplayFilter,
): Promise<{ readonly queued: number; readonly left: number }> {
  const ids = await parts.store.read.failedMessages(principal, filter);
  let queued = 0;
  for (let at = 0; at < ids.length; at += replayChunk)
    queued += await replayChunkOf(parts, principal, ids.slice(at, at + replayChunk));
  if (queued > 0) parts.wake();
  return { queued, left: ids.length - queued };
}

async function replayChunkOf(
  parts: LoopParts,
  principal: Principal,
  ids: readonly string[],
): Promise<number> {
  const now = parts.clock.now();
  return parts.store.transaction(async (tx) => {
    const found = await tx.messagesByIds(ids);
    const loops = [...new Set(found.flatMap(({ wants }) => wants.map((want) => want.loop)))];
    const seen = new Set((await tx.read.loopsByIds(principal, loops)).map((row) => row.id));
    const rows = new Map((await tx.lockLoops(loops)).map((row) => [row.id, row]));
    const needed = found.filter(({ message, wants }) => {
      if (!wants.every((want) => seen.has(want.loop))) return false;
      const isUnwanted = wants.every(({ loop }) => isOver(rows.get(loop) ?? { state: 'dismissed' }));
      return !(isUnwanted && momentsThatAsk.has(message.moment));
    });
    const queued = await tx.requeueFailed(
      needed.map(({ message }) => message.id),
      now,
    );
    const stories = new Map<string, LedgerFact[]>();
    for (const claimed of needed) {
      if (!queued.has(claimed.message.id)) continue;
      const story = storyOf('replayed', { claimed, rows: [], now }, principal, undefined);
      for (const loop of new Set(claimed.wants.map((want) => want.loop)))
        stories.set(loop, [...(stories.get(loop) ?? []), story]);
    }
    const changes = [...stories].flatMap(([loop, story]) => {
      const before = rows.get(loop);
      return before === undefined ? [] : [{ before, facts: before.facts, story }];
    });
    await settle(parts, tx, changes, now);
    return queued.size;
  });
}
