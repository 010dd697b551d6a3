import { AppError } from '../../core/errors.ts';
import type { Event } from '../../core/event.ts';
import { ingest, type Taken } from '../../loop/ingest.ts';
import type { LoopParts } from '../../loop/parts.ts';

/** What arrived in one request. Is any of its receipts known, it was taken before. */
export type Delivery = {
  readonly source: string;
  readonly events: readonly Event[];
  readonly receipts: readonly string[];
};

export type TakenCounts = { readonly accepted: number; readonly duplicates: number };

export type GroupedIngest = {
  /** Resolves once everything of the delivery is durable; rejects when the store failed it. */
  take(delivery: Delivery): Promise<TakenCounts>;
};

/** Events of one transaction. */
export const chunkEventsMax = 1000;
/** Deliveries of one transaction, and the events of a delivery that may share one. */
const groupDeliveriesMax = 200;
const smallEventsMax = 200;
/** Deliveries of one source that wait at once; some seconds of work. */
const waitingMax = 5000;

type Waiting = {
  readonly delivery: Delivery;
  readonly resolve: (taken: TakenCounts) => void;
  readonly reject: (fault: unknown) => void;
};

/**
 * Many small deliveries at once share transactions: while one is being committed, the next ones gather and go
 * together. A lone delivery does not wait. Each is answered after its own commit; when a group fails, each of it is
 * tried alone, so that nobody fails for another's sake.
 */
export function createGroupedIngest(parts: LoopParts): GroupedIngest {
  const queues = new Map<string, Waiting[]>();
  const busy = new Set<string>();

  const drain = async (source: string): Promise<void> => {
    busy.add(source);
    try {
      for (;;) {
        const { group, rest } = nextGroup(queues.get(source) ?? []);
        if (group.length === 0) break;
        queues.set(source, rest);
        await takeGroup(parts, source, group);
      }
    } finally {
      busy.delete(source);
    }
  };
  return {
    take: (delivery) => {
      if (delivery.events.length > smallEventsMax) return takeAlone(parts, delivery);
      return new Promise((resolve, reject) => {
        const { source } = delivery;
        const queue = queues.get(source) ?? [];
        if (queue.length >= waitingMax) {
          reject(new AppError('rate-limited', `Limit waitingMax (${waitingMax}): the store is behind.`));
          return;
        }
        queue.push({ delivery, resolve, reject });
        queues.set(source, queue);
        if (!busy.has(source)) void drain(source);
      });
    },
  };
}

/** The next deliveries that fit one transaction. The same delivery twice goes into two, so that one is a repetition. */
function nextGroup(queue: readonly Waiting[]): { readonly group: Waiting[]; readonly rest: Waiting[] } {
  const group: Waiting[] = [];
  const rest: Waiting[] = [];
  const receipts = new Set<string>();
  let events = 0;
  for (const waiting of queue) {
    const { delivery } = waiting;
    const fits =
      group.length < groupDeliveriesMax &&
      events + delivery.events.length <= chunkEventsMax &&
      !delivery.receipts.some((receipt) => receipts.has(receipt));
    if (!fits) {
      rest.push(waiting);
      continue;
    }
    group.push(waiting);
    events += delivery.events.length;
    for (const receipt of delivery.receipts) receipts.add(receipt);
  }
  return { group, rest };
}

/** Never rejects: every delivery of the group is answered. */
async function takeGroup(parts: LoopParts, source: string, group: readonly Waiting[]): Promise<void> {
  const alone = async ({ delivery, resolve, reject }: Waiting): Promise<void> => {
    await takeAlone(parts, delivery).then(resolve, reject);
  };
  const [first] = group;
  if (first !== undefined && group.length === 1) return alone(first);
  let taken: Taken;
  try {
    taken = await ingest(parts, {
      source,
      receivedAt: parts.clock.now(),
      mode: 'live',
      events: group.flatMap(({ delivery }) => delivery.events),
      receipts: group.flatMap(({ delivery }) => delivery.receipts),
    });
  } catch {
    // Whose fault it was shows when each is tried alone; that one hears of it.
    for (const waiting of group) await alone(waiting);
    return;
  }
  if (taken.knownReceipts.length > 0) {
    const known = new Set(taken.knownReceipts);
    const repeats = group.filter(({ delivery }) => delivery.receipts.some((receipt) => known.has(receipt)));
    for (const { delivery, resolve } of repeats) resolve(repetition(delivery));
    await takeGroup(
      parts,
      source,
      group.filter((waiting) => !repeats.includes(waiting)),
    );
    return;
  }
  const seen = new Set(taken.knownEvents);
  for (const { delivery, resolve } of group) {
    const duplicates = delivery.events.filter(({ id }) => seen.has(id)).length;
    for (const { id } of delivery.events) seen.add(id);
    resolve({ accepted: delivery.events.length - duplicates, duplicates });
  }
}

function repetition(delivery: Delivery): TakenCounts {
  return { accepted: 0, duplicates: delivery.events.length };
}

/** In as many transactions as it takes. One that was begun and broke off goes on where it ended when it is repeated. */
async function takeAlone(parts: LoopParts, delivery: Delivery): Promise<TakenCounts> {
  let accepted = 0;
  let duplicates = 0;
  const chunks = Math.max(1, Math.ceil(delivery.events.length / chunkEventsMax));
  for (let n = 0; n < chunks; n += 1) {
    const taken = await ingest(parts, {
      source: delivery.source,
      receivedAt: parts.clock.now(),
      mode: 'live',
      events: delivery.events.slice(n * chunkEventsMax, (n + 1) * chunkEventsMax),
      receipts: delivery.receipts.map((receipt) => (chunks === 1 ? receipt : `${receipt}#${n}`)),
    });
    accepted += taken.accepted;
    duplicates += taken.duplicates;
  }
  return { accepted, duplicates };
}
