import type { Json } from '../core/event.ts';
import type { Rung } from '../core/loop/states.ts';
import type { Principal } from './principal.ts';
import type { CheckpointRow, LedgerRow, PrivateRow } from './store-ledger.ts';

/** Epoch milliseconds; `until` is no part of it. */
export type Period = { readonly from: number; readonly until: number };

/** A case, or a control, with its whole story. */
export type EvidenceStory = {
  /** Of a control `caseCode` is `control`, and it began when it was proposed. */
  readonly subject: {
    readonly id: string;
    readonly caseCode: string;
    readonly behaviour: string;
    readonly state: string;
    readonly rung: Rung;
    readonly team?: string;
    readonly firstOccurredAt: number;
    readonly verifiedAt?: number;
  };
  readonly entries: readonly LedgerRow[];
  readonly personal: readonly PrivateRow[];
};

/** How the cases of a behaviour stand. Dismissed and merged ones are counted apart from the others. */
export type EvidenceCount = {
  readonly behaviour: string;
  readonly loops: number;
  readonly verified: number;
  readonly held: number;
  readonly dismissed: number;
};

/** A report that somebody took out, and why. */
export type ExportRow = {
  readonly id: string;
  readonly at: number;
  readonly byId: string;
  readonly byName: string;
  /** `evidence`, `privacy`, … */
  readonly report: string;
  readonly purpose: string;
  readonly about: Json;
};

/** Part of `StoreWrite`. */
export interface EvidenceWrite {
  recordExport(row: ExportRow): Promise<void>;
}

/** Part of `StoreRead`. */
export interface EvidenceRead {
  /** Cases and controls of which something was recorded in the period, or that a checkpoint of it sealed; by id. */
  evidenceSubjects(principal: Principal, period: Period): Promise<readonly string[]>;
  /** Their stories, by id. */
  evidenceStories(principal: Principal, subjects: readonly string[]): Promise<readonly EvidenceStory[]>;
  /** The cases of `evidenceSubjects`, counted as they stand now. */
  evidenceCounts(principal: Principal, period: Period): Promise<readonly EvidenceCount[]>;
  /** Numbers of the checkpoints signed at this instant or later, in order. */
  checkpointsSince(principal: Principal, from: number): Promise<readonly number[]>;
  checkpoint(principal: Principal, n: number): Promise<CheckpointRow | undefined>;
  /** Reports that were taken out, the latest first; of all teams, so only for whoever sees them all. */
  exports(principal: Principal, limit: number): Promise<readonly ExportRow[]>;
}
