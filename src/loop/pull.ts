import type { Json } from '../core/event.ts';
import type { Principal } from '../ports/principal.ts';
import {
  isRejection,
  type MapContext,
  type PullCursors,
  type Pulled,
  type PulledCampaign,
  type Source,
} from '../ports/source.ts';
import { ingest } from './ingest.ts';
import type { LoopParts } from './parts.ts';
import { type PullState, partOf, readPullState, writePullState } from './pull-state.ts';

/** Longer than a page takes; who dies leaves the work to the next after this. */
const leaseMs = 300_000;
/** Records of one transaction. */
const batchMax = 100;
/** Deliveries ask for a reading as often as they come: this long lies between two all the same. */
const askedEveryMs = 60_000;

export type PullDuty = {
  readonly source: Source;
  readonly everyMs: number;
  readonly mapContext: (receivedAt: number) => MapContext;
  /** @param wait called for as long as the vendor asks to wait */
  readonly read: (cursors: PullCursors, wait: (ms: number) => Promise<void>) => AsyncIterable<Pulled>;
  readonly wait: (ms: number) => Promise<void>;
  /** For sources of simulations. */
  readonly keepCampaign?: (campaign: PulledCampaign) => Promise<void>;
  readonly signal?: AbortSignal;
};

export type PullOutcome =
  | { readonly kind: 'not-due' }
  /** Stopped in the middle, or another process took over. What was taken stays; the rest comes with the next pull. */
  | { readonly kind: 'stopped' }
  | {
      readonly kind: 'pulled';
      readonly accepted: number;
      readonly duplicates: number;
      /** Records that do not have the shape that this source sends. */
      readonly rejected: number;
      readonly failures: readonly { readonly part: string; readonly reason: string }[];
    };

/**
 * Reads what a source has for us, if it is time and no other process does. What is read is taken before the cursor is
 * saved: a kill in between reads it again, and an event that is known adds nothing. The first reading of a part is
 * history and never shouts.
 */
export async function pullSource(parts: LoopParts, duty: PullDuty): Promise<PullOutcome> {
  const by = parts.randomId();
  const taken = await takeLease(parts, duty.source.id, by);
  if (taken === undefined) return { kind: 'not-due' };
  const hold = (ms: number): Promise<boolean> =>
    update(parts, duty.source.id, by, (state) => ({
      ...state,
      lease: { by, until: parts.clock.now() + ms + leaseMs },
    }));
  const wait = async (ms: number): Promise<void> => {
    await hold(ms);
    await duty.wait(ms);
  };
  const counts = { accepted: 0, duplicates: 0, rejected: 0 };
  const failures: { part: string; reason: string }[] = [];
  for await (const item of duty.read(cursorsOf(taken), wait)) {
    if (duty.signal?.aborted === true) break;
    if (item.kind === 'failed') failures.push({ part: item.part, reason: item.reason });
    else if (item.kind === 'campaign') await duty.keepCampaign?.(item.campaign);
    else if (item.kind === 'records') {
      const isHistory = partOf(taken, item.part)?.readAt === undefined;
      await takeRecords(parts, duty, item.records, isHistory, counts);
    }
    const now = parts.clock.now();
    const isHeld =
      item.kind === 'records' || item.kind === 'campaign'
        ? await hold(0)
        : await update(parts, duty.source.id, by, (state) => withPart(state, item, now));
    if (!isHeld) return { kind: 'stopped' };
  }
  if (duty.signal?.aborted === true) {
    await update(parts, duty.source.id, by, ({ lease: _lease, ...state }) => ({ ...state, nextAt: 0 }));
    return { kind: 'stopped' };
  }
  // A source of which any part cannot be read may be silent because of that: only a whole reading is a sign of life.
  if (failures.length === 0) await takeRecords(parts, duty, [], false, counts);
  const isHeld = await update(parts, duty.source.id, by, ({ lease: _lease, ...state }) =>
    ended(state, failures, parts.clock.now(), duty.everyMs),
  );
  return isHeld ? { kind: 'pulled', ...counts, failures } : { kind: 'stopped' };
}

/**
 * Has a source read soon: a delivery told of something whose place only the vendor's interface tells. Nothing happens
 * for a source that was never read. What is asked for during a reading comes with the next one.
 */
export async function pullSoon(parts: LoopParts, source: string): Promise<void> {
  await parts.store.transaction(async (tx) => {
    await tx.lock(settingName(source));
    const value = await tx.setting(settingName(source));
    if (value === undefined) return;
    const state = readPullState(value);
    const lastAt = Math.max(state.lastSuccessAt ?? 0, state.lastFailure?.at ?? 0);
    const nextAt = Math.max(parts.clock.now(), lastAt + askedEveryMs);
    if (nextAt < state.nextAt)
      await tx.saveSetting(settingName(source), writePullState({ ...state, nextAt }));
  });
}

export type PullHealth = Pick<PullState, 'lastSuccessAt' | 'lastFailure' | 'nextAt'> & {
  /** What could not be read the last time it was tried. */
  readonly failing: readonly { readonly part: string; readonly at: number; readonly reason: string }[];
};

/** How the readings of a source went: undefined before the first. */
export async function pullHealth(
  parts: LoopParts,
  principal: Principal,
  source: string,
): Promise<PullHealth | undefined> {
  const value = await parts.store.read.setting(principal, settingName(source));
  if (value === undefined) return undefined;
  const state = readPullState(value);
  const { lastSuccessAt, lastFailure, nextAt } = state;
  return {
    nextAt,
    failing: state.parts.flatMap(({ name, failure }) =>
      failure === undefined ? [] : [{ part: name, ...failure }],
    ),
    ...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
    ...(lastFailure === undefined ? {} : { lastFailure }),
  };
}

const settingName = (source: string): string => `pull:${source}`;

async function takeLease(parts: LoopParts, source: string, by: string): Promise<PullState | undefined> {
  const now = parts.clock.now();
  return parts.store.transaction(async (tx) => {
    await tx.lock(settingName(source));
    const state = readPullState(await tx.setting(settingName(source)));
    if (state.nextAt > now || (state.lease?.until ?? 0) > now) return undefined;
    const next = { ...state, lease: { by, until: now + leaseMs } };
    await tx.saveSetting(settingName(source), writePullState(next));
    return state;
  });
}

/** Changes the state as long as the lease is ours; false when another process has it by now. */
async function update(
  parts: LoopParts,
  source: string,
  by: string,
  change: (state: PullState) => PullState,
): Promise<boolean> {
  return parts.store.transaction(async (tx) => {
    await tx.lock(settingName(source));
    const state = readPullState(await tx.setting(settingName(source)));
    if (state.lease?.by !== by) return false;
    await tx.saveSetting(settingName(source), writePullState(change(state)));
    return true;
  });
}

function cursorsOf(state: PullState): PullCursors {
  const cursors: Record<string, Json> = {};
  for (const { name, cursor } of state.parts) if (cursor !== null) cursors[name] = cursor;
  return cursors;
}

function withPart(
  state: PullState,
  item: Exclude<Pulled, { kind: 'records' | 'campaign' }>,
  now: number,
): PullState {
  const before = partOf(state, item.part);
  const part =
    item.kind === 'done'
      ? { name: item.part, cursor: item.cursor, readAt: now }
      : { name: item.part, cursor: null, ...before, failure: { at: now, reason: item.reason } };
  return { ...state, parts: [...state.parts.filter(({ name }) => name !== item.part), part] };
}

function ended(
  state: PullState,
  failures: readonly { readonly part: string; readonly reason: string }[],
  now: number,
  everyMs: number,
): PullState {
  const [first] = failures;
  const next = { ...state, nextAt: now + everyMs };
  if (first === undefined) return { ...next, lastSuccessAt: now };
  return { ...next, lastFailure: { at: now, part: first.part, reason: first.reason } };
}

async function takeRecords(
  parts: LoopParts,
  duty: PullDuty,
  records: readonly unknown[],
  isHistory: boolean,
  counts: { accepted: number; duplicates: number; rejected: number },
): Promise<void> {
  const { source, mapContext } = duty;
  for (let start = 0; start === 0 || start < records.length; start += batchMax) {
    const receivedAt = parts.clock.now();
    const context = mapContext(receivedAt);
    const events = records.slice(start, start + batchMax).flatMap((record) => {
      const result = mapSafely(source, record, context);
      if (!isRejection(result)) return result;
      counts.rejected += 1;
      return [];
    });
    const mode = isHistory ? 'history' : 'live';
    const taken = await ingest(parts, { source: source.id, receivedAt, events, mode });
    counts.accepted += taken.accepted;
    counts.duplicates += taken.duplicates;
  }
}

/** A record that a source fails on is a fault of ours; it may hold a secret, so nothing of the error is told. */
function mapSafely(source: Source, record: unknown, context: MapContext): ReturnType<Source['map']> {
  try {
    return source.map(record, context);
  } catch {
    return { rejected: 'the source failed on this record' };
  }
}
