import type { Principal } from './principal.ts';
import type { LoopRow } from './store-loops.ts';

/** A leave that an operator noted, beside those of the directories. */
export type LeaveRow = {
  readonly id: string;
  /** Person id. */
  readonly person: string;
  /** Days of their calendar, first and last included, `YYYY-MM-DD`. */
  readonly from: string;
  readonly until: string;
  /** Person id. */
  readonly standIn?: string;
  readonly by: string;
  readonly at: number;
};

export interface LeaveRead {
  /** Those that end on this day or later, the earliest first. Who may see whom is for whoever knows the people. */
  leaves(principal: Principal, day: string, limit: number): Promise<readonly LeaveRow[]>;
}

export interface LeaveWrite {
  addLeave(row: LeaveRow): Promise<void>;
  /** Takes one back; false when there is none. */
  removeLeave(id: string): Promise<boolean>;
  /** Forgets those that ended before this day. */
  forgetLeaves(day: string): Promise<number>;
  /**
   * Open cases that are theirs, or in which words for them wait, locked, in id order; `after` goes on behind one. For the
   * words to be looked at anew.
   */
  lockLoopsOfPerson(person: string, limit: number, after?: string): Promise<readonly LoopRow[]>;
}
