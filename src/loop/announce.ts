import type { Json } from '../core/event.ts';
import { noticesOf } from '../core/loop/notices.ts';
import { type LoopState, pathBetween } from '../core/loop/states.ts';
import type { LoopRow, StoreWrite } from '../ports/store.ts';
import type { ClaimedNotice, NoticeRow, NoticeUpdate } from '../ports/store-notices.ts';
import { backOffOf, secondsAfter } from './back-off.ts';
import { type LoopParts, ownerView } from './parts.ts';
import { goneSince, noteGone } from './receivers.ts';
import { isSpokenOf } from './rollout.ts';
import { severityNameOf } from './severity.ts';

/** At once, so that with a time limit of fifteen seconds each a turn ends long before its lease. */
const batchMax = 16;
const leaseMs = 120_000;

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
    mode: isSpokenOf(parts, facts, ownerView(parts, row.owner, row.repository)) ? 'live' : 'shadow',
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
    const receiver = parts.channel(channel)?.receivers?.changes;
    // What comes about meanwhile waits, in its order, until the receiver is called again.
    while (receiver === undefined || (await goneSince(parts, receiver)) === undefined) {
      const now = parts.clock.now();
      const lease = parts.randomId();
      const claimed = await parts.store.transaction((tx) =>
        tx.claimNotices(now, channel, batchMax, lease, now + leaseMs),
      );
      if (claimed.length === 0) break;
      const attempted = await Promise.all(claimed.map((notice) => tell(parts, notice)));
      const updates = attempted.map(({ update }) => update);
      await parts.store.transaction(async (tx) => {
        await tx.recordNotices(lease, updates);
        if (attempted.some(({ isGone }) => isGone)) await noteGone(tx, receiver, parts.clock.now());
      });
      told += updates.filter(({ outcome }) => outcome === 'taken').length;
      dead += updates.filter(({ outcome }) => outcome === 'dead').length;
      if (signal?.aborted === true) return { told, dead };
    }
  }
  return { told, dead };
}

type Attempted = { readonly update: NoticeUpdate; readonly isGone: boolean };

async function tell(parts: LoopParts, notice: ClaimedNotice): Promise<Attempted> {
  const { id, channel: name } = notice;
  const channel = parts.channel(name);
  const result = (await channel?.announce?.({ ...notice, sentAt: parts.clock.now() })) ?? {
    kind: 'refused' as const,
    reason: 'the channel is switched off',
  };
  const isGone = result.kind === 'refused' && 'isGone' in result && result.isGone === true;
  const of = (update: Outcome): Attempted => ({ update: { id, channel: name, ...update }, isGone });
  if (result.kind === 'accepted') return of({ outcome: 'taken' });
  const attempts = notice.attempt + 1;
  const lastError = result.reason;
  const now = parts.clock.now();
  // Who wants nothing any more has refused no notice: it is told first when the receiver is called again.
  if (isGone) return of({ outcome: 'later', dueAt: now, lastError });
  if (attempts > backOffOf(channel).length) return of({ outcome: 'dead', lastError });
  // A refusal may be a receiver that is set up wrongly: for a story without gaps it is asked again.
  const asked = result.kind === 'retry' ? (result.afterSeconds ?? 0) : 0;
  const seconds = Math.max(secondsAfter(channel, attempts), asked);
  return of({ outcome: 'later', dueAt: now + seconds * 1000, lastError });
}

type Outcome =
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'later'; readonly dueAt: number; readonly lastError: string }
  | { readonly outcome: 'dead'; readonly lastError: string };
