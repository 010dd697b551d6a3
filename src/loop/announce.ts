import type { Json } from '../core/event.ts';
import { noticesOf } from '../core/loop/notices.ts';
import { type LoopState, pathBetween } from '../core/loop/states.ts';
import type { LoopRow, StoreWrite } from '../ports/store.ts';
import type { ClaimedNotice, NoticeRow, NoticeUpdate } from '../ports/store-notices.ts';
import type { LoopParts } from './parts.ts';
import { severityNameOf } from './severity.ts';

/** At once, so that with a time limit of fifteen seconds each a turn ends long before its lease. */
const batchMax = 16;
const leaseMs = 120_000;
/** Waits before the next attempt, in seconds; afterwards the last one repeats: three days in all. */
const backOffSeconds = [5, 30, 120, 600, 1_800, 7_200, 14_400, 28_800];
const attemptsMax = 15;

export type LoopChange = { readonly before: LoopRow; readonly after: LoopRow };

/** Writes down what programs are to be told of changes, in the transaction of the changes themselves. */
export async function addNotices(
  parts: LoopParts,
  tx: StoreWrite,
  changes: readonly LoopChange[],
  now: number,
): Promise<void> {
  if (parts.announcers.length === 0) return;
  await tx.addNotices(
    changes.flatMap((change) =>
      typesOf(change).flatMap((type): readonly NoticeRow[] => {
        const { after } = change;
        const id = parts.idOf(['notice', after.id, String(after.seq), type]);
        const body = factsOf(parts, after);
        return parts.announcers.map((channel) => ({ id, channel, loop: after.id, type, at: now, body }));
      }),
    ),
  );
}

function typesOf({ before, after }: LoopChange) {
  if (after.isStub) return [];
  const isNew = before.seq === 0 || before.isStub;
  const path: readonly LoopState[] = isNew
    ? [after.state]
    : (pathBetween(before.state, after.state) ?? [after.state]);
  return noticesOf({
    from: isNew ? undefined : before.state,
    path,
    isLive: after.isLive,
    isNewRelapse: after.relapseOf !== undefined && before.relapseOf === undefined,
  });
}

/** Ids and facts of the case: nothing that an event says, and nobody by name. */
function factsOf(parts: LoopParts, row: LoopRow): Json {
  const { facts } = row;
  return {
    loop: row.id,
    caseCode: row.caseCode,
    behaviour: row.behaviour,
    severity: severityNameOf(parts.behaviours.get(row.behaviour), facts),
    state: row.state,
    rung: row.rung,
    mode: parts.delivery.mode,
    seq: row.seq,
    ownerKind: row.owner.kind,
    ...(row.team === undefined ? {} : { team: row.team }),
    ...(row.relapseOf === undefined ? {} : { relapseOf: row.relapseOf }),
    firstOccurredAt: new Date(row.firstOccurredAt).toISOString(),
    ...(row.verifiedAt === undefined ? {} : { verifiedAt: new Date(row.verifiedAt).toISOString() }),
  };
}

/** How many were taken, and how many were given up. */
export type Announced = { readonly told: number; readonly dead: number };

/** Tells what is due, until nothing is. Whatever is not taken is told again, with the same id, in the order of its case. */
export async function announce(parts: LoopParts, signal?: AbortSignal): Promise<Announced> {
  let told = 0;
  let dead = 0;
  for (const channel of parts.announcers) {
    for (;;) {
      const now = parts.clock.now();
      const lease = parts.randomId();
      const claimed = await parts.store.transaction((tx) =>
        tx.claimNotices(now, channel, batchMax, lease, now + leaseMs),
      );
      if (claimed.length === 0) break;
      const updates = await Promise.all(claimed.map((notice) => tell(parts, notice)));
      await parts.store.transaction((tx) => tx.recordNotices(lease, updates));
      told += updates.filter(({ outcome }) => outcome === 'taken').length;
      dead += updates.filter(({ outcome }) => outcome === 'dead').length;
      if (signal?.aborted === true) return { told, dead };
    }
  }
  return { told, dead };
}

async function tell(parts: LoopParts, notice: ClaimedNotice): Promise<NoticeUpdate> {
  const { id, channel } = notice;
  const now = parts.clock.now();
  const result = (await parts.channel(channel)?.announce?.({ ...notice, sentAt: now })) ?? {
    kind: 'refused' as const,
    reason: 'the channel is switched off',
  };
  if (result.kind === 'accepted') return { id, channel, outcome: 'taken' };
  if (notice.attempt + 1 >= attemptsMax) return { id, channel, outcome: 'dead', lastError: result.reason };
  // A refusal may be a receiver that is set up wrongly: for a story without gaps it is asked again.
  const usual = backOffSeconds[Math.min(notice.attempt, backOffSeconds.length - 1)] ?? 5;
  // A receiver that says `at once` is asked again at the next turn, not in this one.
  const seconds = Math.max(1, result.kind === 'retry' ? (result.afterSeconds ?? usual) : usual);
  return {
    id,
    channel,
    outcome: 'later',
    dueAt: parts.clock.now() + seconds * 1000,
    lastError: result.reason,
  };
}
