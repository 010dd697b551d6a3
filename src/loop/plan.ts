import { dayMs } from '../core/duration.ts';
import { isShadowOccasion } from '../core/loop/rollout.ts';
import { answersMail, lanes } from '../core/loop/wants.ts';
import type { Moment } from '../core/message.ts';
import { afterHolidays, afterQuiet, isQuiet, localDay, localMs, nextWorking } from '../core/working-time.ts';
import type { AttentionAsk, MessageRow, StoreWrite, WantRow } from '../ports/store.ts';
import { hoursFor } from './calendar.ts';
import { coachingTurns } from './coach.ts';
import { type Enrolled, enrol } from './experiments/enrol.ts';
import { firstRung, type PassedOver, passedOver } from './ladder.ts';
import type { LoopParts } from './parts.ts';
import { readRollout } from './rollout.ts';

/**
 * Recipients looked at in one transaction. A digest of released history speaks for many cases: only a few go in one
 * turn, so that what is live never waits long for them.
 */
const recipientsMax = { live: 200, released: 10 };
/** The duty role works through a queue, and so does a team without a cap; what is urgent is never held back. */
const roleMessagesMax = 1000;

/**
 * Turns due words into messages under the attention budget: several cases of one recipient become one message, quiet
 * hours and caps put the rest off. Returns how many were queued or put off: 0 when nothing is due.
 */
export async function plan(parts: LoopParts): Promise<number> {
  const now = parts.clock.now();
  return parts.store.transaction(async (tx) => {
    const due = await tx.claimDueWants(now, recipientsMax, parts.delivery.digestLoopsMax);
    // Whoever looks and finds nothing asks for nothing more.
    if (due.length === 0) return 0;
    await readRollout(parts, tx.read);
    const enrolled = await enrol(parts, tx, due, now);
    const bundles = bundle(due, enrolled).map((wants) => ({ wants, at: allowedAt(parts, wants, now) }));
    const early = bundles.filter(({ at }) => at > now);
    const timely = bundles.filter(({ at }) => at <= now);
    const turns = await coachingTurns(
      parts,
      tx,
      timely.map(({ wants }) => wants),
      now,
    );
    const inTurn = timely.filter(({ wants }) => turns.mayGo(wants));
    const taken = await tx.takeAttention(inTurn.map(({ wants }) => attentionAsk(parts, wants, now)));
    const queued = inTurn.filter((_, index) => taken[index] === true);
    const over = inTurn.filter((_, index) => taken[index] !== true);
    const outOfTurn = timely.filter((bundle) => !inTurn.includes(bundle));
    await turns.keep(
      queued.map(({ wants }) => wants),
      outOfTurn.map(({ wants }) => wants),
    );
    const passed = await passedOver(
      parts,
      tx,
      queued.flatMap(({ wants }) => wants),
    );
    await tx.queueMessages(
      queued.map(({ wants }) => ({ message: messageOf(parts, wants, enrolled, passed, now), wants })),
    );
    await postpone(parts, tx, [
      ...early,
      ...over.map(({ wants }) => ({ wants, at: tomorrow(parts, wants, now) })),
    ]);
    return bundles.length;
  });
}

type Bundle = readonly WantRow[];

const digestFamilies = new Set(['first', 'passed-on']);

/** What one message may say together: the same recipient, behaviour and lane, and words of one family. */
function bundle(due: readonly WantRow[], enrolled: ReadonlyMap<WantRow, Enrolled>): readonly Bundle[] {
  const groups = Map.groupBy(due, (want) =>
    JSON.stringify([
      want.to.kind,
      want.to.id,
      want.behaviour,
      want.lane,
      family(want),
      want.standInFor ?? '',
      enrolled.get(want)?.unit ?? '',
      isShadowOccasion(want.occasion),
    ]),
  );
  return [...groups.values()];
}

/** First words go together; each later word keeps to its own moment. An answer to a reply is never bundled. */
function family(want: WantRow): string {
  // What came to a stand-in is told apart from what is their own.
  if (want.standInFor !== undefined && want.moment === 'handed-over') return 'passed-on';
  if (want.occasion.startsWith('first:')) return 'first';
  if (/^(?:ladder|snoozed):/u.test(want.occasion)) return want.moment;
  // A digest that is passed on stays one.
  if (want.occasion.startsWith('passed-on:')) return 'passed-on';
  // One mail may be about several cases; it is answered once.
  if (answersMail(want.occasion)) return want.occasion;
  return `${want.loop}/${want.occasion}`;
}

function zoneOf(parts: LoopParts, wants: Bundle): string {
  const to = wants[0]?.to;
  return (to === undefined ? undefined : parts.recipient(to)?.timeZone) ?? parts.delivery.timeZone;
}

/** When these words may go: urgent at once, live outside quiet hours, released history in working hours. */
function allowedAt(parts: LoopParts, wants: Bundle, now: number): number {
  const lane = wants[0]?.lane ?? lanes.live;
  if (lane === lanes.urgent) return now;
  const zone = zoneOf(parts, wants);
  const { quietHours } = parts.delivery;
  const [first] = wants;
  const workingHours = first === undefined ? parts.delivery.workingHours : hoursFor(parts, first.to);
  if (lane === lanes.released) return nextWorking(now, zone, workingHours);
  const at = afterHolidays(now, zone, workingHours.holidays ?? new Set());
  return isQuiet(at, zone, quietHours) ? afterQuiet(at, zone, quietHours) : at;
}

function attentionAsk(parts: LoopParts, wants: Bundle, now: number): AttentionAsk {
  const [first] = wants;
  const to = first?.to ?? { kind: 'duty' as const, id: 'duty' };
  const isUrgent = first?.lane === lanes.urgent;
  const { perPersonPerDayMax, perTeamPerDayMax, releasedPerPersonPerDayMax } = parts.delivery;
  const capOf = {
    person: perPersonPerDayMax,
    team: perTeamPerDayMax ?? roleMessagesMax,
    duty: roleMessagesMax,
  };
  return {
    to,
    day: localDay(now, zoneOf(parts, wants)),
    isReleased: first?.lane === lanes.released,
    messagesMax: isUrgent ? roleMessagesMax : capOf[to.kind],
    releasedMax: releasedPerPersonPerDayMax,
  };
}

/** The start of the recipient's next local day; quiet and working hours are looked at again then. */
function tomorrow(parts: LoopParts, wants: Bundle, now: number): number {
  const local = localMs(now, zoneOf(parts, wants));
  return now + (dayMs - (local % dayMs));
}

function messageOf(
  parts: LoopParts,
  wants: Bundle,
  enrolled: ReadonlyMap<WantRow, Enrolled>,
  passed: PassedOver,
  now: number,
): MessageRow {
  const [first] = wants;
  if (first === undefined) throw new Error('a message without words');
  const isDigest = wants.length > 1 && digestFamilies.has(family(first));
  const moment: Moment = isDigest ? 'digest' : first.moment;
  const occasion =
    wants.length === 1
      ? `${first.loop}/${first.occasion}`
      : parts.idOf(['occasion', ...wants.map((want) => `${want.loop}/${want.occasion}`).sort()]);
  const isShadow = isShadowOccasion(first.occasion);
  // Whoever may see every case of a message may see it: one that speaks for several teams is for those who see all.
  const team = wants.every((want) => want.team === first.team) ? first.team : undefined;
  return {
    id: parts.idOf(['message', first.to.kind, first.to.id, moment, occasion]),
    to: first.to,
    moment,
    occasion,
    behaviour: first.behaviour,
    lane: first.lane,
    isShadow,
    channel: isShadow ? parts.delivery.shadowChannel : firstRung(parts, wants, passed),
    state: 'queued',
    dueAt: now,
    attempt: 0,
    createdAt: now,
    ...(team === undefined ? {} : { team }),
    ...wordsOf(enrolled.get(first), moment === first.moment),
  };
}

/** A digest keeps its usual words, and still is what a unit of the experiment was sent. */
function wordsOf(
  given: Enrolled | undefined,
  isAlone: boolean,
): Pick<MessageRow, 'variant' | 'experiment' | 'unit'> {
  if (given === undefined) return {};
  const { experiment, unit, variant } = given;
  return { experiment, unit, ...(isAlone ? { variant } : {}) };
}

async function postpone(
  parts: LoopParts,
  tx: StoreWrite,
  late: readonly { readonly wants: Bundle; readonly at: number }[],
): Promise<void> {
  if (late.length === 0) return;
  await tx.postponeRecipients(
    late.flatMap(({ wants, at }) => {
      const [first] = wants;
      if (first === undefined) return [];
      return [{ to: first.to, lane: first.lane, dueAt: Math.max(at, parts.clock.now() + 1) }];
    }),
  );
}
