/** So many messages are to go to one place now, of which it takes `max` within any `withinMs`. */
export type PaceAsk = {
  /** Names the place, for all processes alike. */
  readonly key: string;
  readonly n: number;
  readonly max: number;
  readonly withinMs: number;
};

/** Part of `StoreWrite`. */
export interface PaceWrite {
  /** How many of each may go now, counted over all processes; each key once. */
  takePace(asks: readonly PaceAsk[], now: number): Promise<readonly number[]>;
}
