import { type LoopParts, loopPrincipal } from '../loop/parts.ts';
import type { LoopRow } from '../ports/store.ts';
import type { Played } from './run-story.ts';

/** What a run said of one loop. Times are epoch milliseconds. */
export type LoopOutcome = {
  readonly id: string;
  readonly behaviour: string;
  readonly state: string;
  readonly rung: string;
  readonly isLive: boolean;
  /** Failures that count; none where only a program was seen. */
  readonly sightings: number;
  readonly occurredAt: number;
  readonly owner: {
    readonly kind: 'person' | 'team' | 'unknown';
    readonly id?: string;
    readonly confidence: number;
  };
  /** When it was said to be fixed, each time. */
  readonly verifiedAt: readonly number[];
  /** When its fix was said to have held. */
  readonly heldAt: readonly number[];
};

/** What a run made of the story, apart from the truth. */
export type Outcome = {
  readonly end: number;
  readonly loops: readonly LoopOutcome[];
  /** The loop of each finding; `null` where there is none. */
  readonly findings: readonly { readonly finding: string; readonly loop: string | null }[];
  readonly messages: Played['messages'];
};

/** Reads from the store what became of everything that was reported. */
export async function readOutcome(parts: LoopParts, played: Played, end: number): Promise<Outcome> {
  const all = [...new Set([...played.events.values()].flat())];
  const loopOf = new Map<string, string>();
  for (let at = 0; at < all.length; at += 500) {
    const some = await parts.store.loopsOfEvents(all.slice(at, at + 500));
    for (const [event, loop] of some) loopOf.set(event, loop);
  }
  const findings = [...played.truth.findings.keys()].flatMap((finding) => {
    const events = played.events.get(finding);
    // Not delivered before the story ended.
    if (events === undefined) return [];
    return [{ finding, loop: events.flatMap((event) => loopOf.get(event) ?? [])[0] ?? null }];
  });
  const rows = await loopsOf(parts);
  const times = await stateTimes(
    parts,
    rows.map(({ id }) => id),
  );
  const loops = rows.map((row): LoopOutcome => {
    const { id, behaviour, state, rung, isLive, firstOccurredAt: occurredAt } = row;
    const { sightings } = row.facts;
    const owner = played.ownerThen.get(id) ?? row.owner;
    return {
      id,
      behaviour,
      state,
      rung,
      isLive,
      sightings,
      occurredAt,
      owner,
      verifiedAt: times.verified.get(id) ?? [],
      heldAt: times.held.get(id) ?? [],
    };
  });
  return { end, loops, findings, messages: played.messages };
}

/** Every loop there is, or every one of a behaviour. */
export async function loopsOf(parts: LoopParts, behaviour?: string): Promise<readonly LoopRow[]> {
  const rows: LoopRow[] = [];
  let after: string | undefined;
  do {
    const page = await parts.store.read.loops(loopPrincipal, {
      limit: 200,
      ...(behaviour === undefined ? {} : { behaviour }),
      ...(after === undefined ? {} : { after }),
    });
    rows.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return rows;
}

type Story = { readonly story?: readonly { readonly kind?: string; readonly path?: readonly string[] }[] };

/** From the ledger, which keeps every step, also those that were taken back. */
async function stateTimes(parts: LoopParts, loops: readonly string[]) {
  const verified = new Map<string, number[]>();
  const held = new Map<string, number[]>();
  for (let from = 0; from < loops.length; from += 500) {
    const entries = await parts.store.read.ledgersOf(loopPrincipal, loops.slice(from, from + 500));
    for (const { loop, at, body } of entries) {
      const { story = [] }: Story = JSON.parse(body);
      const path = story.flatMap((fact) => (fact.kind === 'state' ? (fact.path ?? []) : []));
      if (path.includes('verified')) verified.set(loop, [...(verified.get(loop) ?? []), at]);
      if (path.includes('held')) held.set(loop, [...(held.get(loop) ?? []), at]);
    }
  }
  return { verified, held };
}
