import type { Principal } from './principal.ts';
import type { EventRow } from './store-loops.ts';

/** Kept of one day, source, behaviour and kind of counter. */
export const samplesPerDayMax = 20;

/**
 * An event that was counted and not kept, as one of a small sample: those whose ids, keyed hashes, are the smallest of
 * their day. So it is a simple random sample, the same in whatever order the news came, and nobody can aim at it.
 */
export type SampleRow = Omit<EventRow, 'loop' | 'keyIds'> & {
  readonly name: 'opportunity' | 'unmatched';
  /** Empty for what matched nothing. */
  readonly behaviour: string;
  /** UTC day of occurrence. */
  readonly day: string;
};

/** With how many there were on its day, from its source: what it stands for. */
export type WeighedSample = { readonly sample: SampleRow; readonly total: number };

/** Part of `StoreRead`. */
export interface SampleRead {
  /** What is kept since a day, the earliest first. They concern everybody: for principals of all teams only. */
  samples(
    principal: Principal,
    filter: {
      readonly name: SampleRow['name'];
      readonly behaviour: string;
      readonly from: string;
      readonly limit: number;
    },
  ): Promise<readonly WeighedSample[]>;
}

/** Part of `StoreWrite`. */
export interface SampleWrite {
  /** Keeps those that are among the smallest of their day; the rest is not stored. */
  addSamples(rows: readonly SampleRow[]): Promise<void>;
  /** Forgets what is above the cap of its day, and all before a day; returns how many. */
  trimSamples(before: string): Promise<number>;
}
