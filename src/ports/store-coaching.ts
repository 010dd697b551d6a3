/** Somebody who may be coached; what is shown in shadow only is counted apart. */
export type Coached = { readonly person: string; readonly isShadow: boolean };

export interface CoachingWrite {
  /** When each was last coached, in their order, 0 for never; locked until the transaction ends. */
  lockCoaching(coached: readonly Coached[]): Promise<readonly number[]>;
  noteCoaching(coached: readonly Coached[], at: number): Promise<void>;
  /**
   * Puts off coaching words that are due to somebody before an instant, to just after it and in the order in which they
   * were due since the last ones.
   */
  postponeCoaching(
    late: readonly (Coached & { readonly lane: number; readonly lastAt: number; readonly dueAt: number })[],
  ): Promise<void>;
}
