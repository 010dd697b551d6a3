import type { Actor, Json } from '../core/event.ts';
import type { MessageState } from './store-messages.ts';

export type Receipt = {
  /** Delivery id, or hash of a file chunk. */
  readonly id: string;
  readonly source: string;
  readonly at: number;
};

export type CounterRow = {
  readonly name: 'opportunity' | 'unmatched' | 'untrusted' | 'duplicate' | 'rejected' | 'event';
  readonly behaviour: string;
  readonly source: string;
  /** UTC day of occurrence, `YYYY-MM-DD`. */
  readonly day: string;
  readonly scope: string;
  readonly n: number;
  /** Whose chance it was; kept with opportunities only, and by month. */
  readonly kind?: Actor['type'];
  /** The simulation that it belongs to. */
  readonly campaign?: string;
};

export type ImportRow = {
  readonly id: string;
  readonly source: string;
  readonly startedAt: number;
  readonly finishedAt?: number;
  /** Records that are durably taken: a repeated import goes on from here. */
  readonly position: number;
  readonly counts: Json;
};

export type SuppressionRow = {
  readonly id: string;
  readonly kind: 'path' | 'value' | 'repository';
  readonly pattern: string;
  readonly reason: string;
  readonly by: string;
  readonly until: number;
  readonly createdAt: number;
};

/** A simulation, by the source's own id of it. */
export type CampaignKey = { readonly source: string; readonly id: string };

/** The mail of a simulation, see `core/mail-cues/simulation.ts`. */
export type CampaignRow = CampaignKey & {
  readonly name?: string;
  readonly reconstruction: Json;
  readonly cues: Json;
  readonly difficulty: Json;
  readonly updatedAt: number;
};

/** What there is, for a look at the whole. `events` is exact up to 100,000 and the database's estimate above. */
export type Totals = {
  readonly events: number;
  readonly messages: readonly { readonly state: MessageState; readonly n: number }[];
  /** Words that are due or will be, in no message yet. */
  readonly wants: number;
};
