import type { ControlBody, ControlKind, ControlScope } from '../core/control/control.ts';
import type { ControlState, OpenControlState } from '../core/control/states.ts';
import type { RolloutRule } from '../core/loop/rollout.ts';
import type { Principal } from './principal.ts';
import type { LedgerRow } from './store-ledger.ts';
import type { EventRow, LoopRow } from './store-loops.ts';

/** A proposed or applied control as it rests. Epoch milliseconds. */
export type ControlRow = {
  readonly id: string;
  readonly behaviour: string;
  readonly behaviourVersion: number;
  readonly kind: ControlKind;
  /** `packs/controls/<template>.yaml`. */
  readonly template: string;
  readonly templateVersion: number;
  readonly scope: ControlScope;
  /** Whose team may see it; without one it is seen by those who see all teams. */
  readonly team?: string;
  readonly state: ControlState;
  /** 1 for the first of its behaviour, scope and kind. */
  readonly round: number;
  /** Who decides. */
  readonly decider: { readonly kind: 'team' | 'duty'; readonly id: string };
  /** It stops something: two people have to agree. */
  readonly isBlocking: boolean;
  readonly proposedAt: number;
  /** When time ends it, by its state: nobody decided, nobody applied it, or its own expiry. */
  readonly dueAt: number;
  /** How long it stays in force once applied. */
  readonly lastsMs: number;
  readonly acceptedBy?: string;
  readonly acceptedByName?: string;
  readonly acceptedAt?: number;
  /** The second person, where one is needed. */
  readonly secondBy?: string;
  readonly secondByName?: string;
  readonly secondAt?: number;
  /** The day from which it is in force, and by whose word. */
  readonly appliedAt?: number;
  readonly appliedBy?: string;
  readonly appliedByName?: string;
  /** When it was left for a side door: ended, rolled back, rejected or expired. */
  readonly closedAt?: number;
  readonly closedByName?: string;
  readonly reason?: string;
  /** The same is not proposed again before. */
  readonly notAgainBefore?: number;
  readonly updatedAt: number;
  /** Its chain in the ledger. */
  readonly seq: number;
  readonly head: string;
  readonly body: ControlBody;
};

export type ControlFilter = {
  readonly state?: ControlState;
  readonly behaviour?: string;
  readonly kind?: ControlKind;
  readonly team?: string;
  readonly limit: number;
};

/** Where an open control stands, and what it is about. */
export type OpenScope = {
  readonly control: string;
  readonly behaviour: string;
  readonly scope: ControlScope;
  readonly state: OpenControlState;
};

/** The switches that are turned, and the scopes of open controls. */
export type StandingOrders = {
  readonly rules: readonly RolloutRule[];
  readonly scopes: readonly OpenScope[];
};

/** Part of `StoreRead`. */
export interface ControlRead {
  /** How many cases of each behaviour are relapses, of those that occurred since an instant. */
  relapseCounts(principal: Principal, since: number): Promise<ReadonlyMap<string, number>>;
  /** Those cases, the latest first. */
  relapsedLoops(
    principal: Principal,
    behaviour: string,
    since: number,
    limit: number,
  ): Promise<readonly LoopRow[]>;
  /** Everything stored of these cases, in id order. */
  eventsOfLoops(principal: Principal, loops: readonly string[], limit: number): Promise<readonly EventRow[]>;
  /** Cases of a behaviour that occurred in a time, the earliest first. */
  loopsBetween(
    principal: Principal,
    behaviour: string,
    from: number,
    to: number,
    limit: number,
  ): Promise<readonly LoopRow[]>;
  /** The latest first. */
  controls(principal: Principal, filter: ControlFilter): Promise<readonly ControlRow[]>;
  control(principal: Principal, id: string): Promise<ControlRow | undefined>;
  /** The entries of its chain in the ledger; empty for one that may not be seen. */
  controlLedger(principal: Principal, id: string): Promise<readonly LedgerRow[]>;
}

/** Part of `StoreWrite`. */
export interface ControlWrite {
  /** False when it is there already, or another open one of its behaviour, scope and kind is. */
  insertControl(row: ControlRow): Promise<boolean>;
  /** Replaces one that is locked. */
  updateControl(row: ControlRow): Promise<void>;
  lockControl(id: string): Promise<ControlRow | undefined>;
  /** What every transaction that settles loops has to know first, in one statement: both are few. */
  standingOrders(): Promise<StandingOrders>;
  /** Open cases of a scope, in id order, locked: their words are looked at anew. */
  lockOpenLoops(
    behaviour: string,
    team: string | undefined,
    limit: number,
    after?: string,
  ): Promise<readonly LoopRow[]>;
  /** Open controls whose time has come, locked, others' locks skipped. */
  claimDueControls(now: number, limit: number): Promise<readonly ControlRow[]>;
}
