import type { AppliedControl, AroundRow } from '../core/control/around.ts';
import type {
  AffectedRow,
  CellRow,
  ChangeRow,
  CountRow,
  ExitReason,
  MeasureFilter,
  RelapseRow,
  RepeatRow,
  RevisionRow,
  StratumRow,
  TimeName,
  TimeRow,
  Watermark,
} from '../core/measures/measure-rows.ts';
import type { Move, VersionSeen } from '../core/taxonomy/remap.ts';
import type { Principal } from './principal.ts';

/** A unit that could not show a behaviour any more, for another reason than that it learnt. */
export type ExitRow = { readonly unit: string; readonly at: number; readonly reason: ExitReason };

export type UnitName = { readonly old: string; readonly name: string };

/** What was counted around the days of these controls of a behaviour. */
export type AroundAsk = {
  readonly behaviour: string;
  readonly controls: readonly string[];
  readonly moves?: readonly Move[];
  readonly asOf: number;
};

/** What measures ask: sums that the database makes, so that no loop has to be read. */
export interface MeasureRead {
  measureCells(principal: Principal, filter: MeasureFilter): Promise<readonly CellRow[]>;
  measureTimes(
    principal: Principal,
    filter: MeasureFilter,
    names: readonly TimeName[],
  ): Promise<readonly TimeRow[]>;
  measureRelapses(principal: Principal, filter: MeasureFilter): Promise<readonly RelapseRow[]>;
  measureRepeats(principal: Principal, filter: MeasureFilter): Promise<readonly RepeatRow[]>;
  measureCounts(principal: Principal, filter: MeasureFilter): Promise<readonly CountRow[]>;
  measureStrata(principal: Principal, filter: MeasureFilter): Promise<readonly StratumRow[]>;
  measureChanges(principal: Principal, filter: MeasureFilter): Promise<readonly ChangeRow[]>;
  /** Months that were closed up to this one, where they stand otherwise by now. */
  measureRevisions(
    principal: Principal,
    filter: MeasureFilter,
    closedThrough: string,
  ): Promise<readonly RevisionRow[]>;
  measureWatermark(principal: Principal, filter: MeasureFilter): Promise<Watermark>;
  /** Controls that are or were in force, the latest first. */
  measureControls(principal: Principal, behaviour: string, asOf: number): Promise<readonly AppliedControl[]>;
  /** By control and team, where there was anything. */
  measureAround(principal: Principal, ask: AroundAsk): Promise<readonly AroundRow[]>;
  /** By team, for what may be shown. */
  measureAffected(
    principal: Principal,
    behaviour: string,
    moves?: readonly Move[],
  ): Promise<readonly AffectedRow[]>;
  /** By which versions cases of a behaviour were judged, since when. */
  measureVersions(principal: Principal, behaviour: string): Promise<readonly VersionSeen[]>;
}

export interface MeasureWrite {
  /** A unit may have several: of each stay the first after it is followed counts. */
  addExits(exits: readonly ExitRow[]): Promise<void>;
  /** Every name of a unit that is kept, in loops, measures and experiments. */
  unitNames(): Promise<readonly string[]>;
  /** Gives units other names, wherever they are kept. */
  renameUnits(names: readonly UnitName[]): Promise<void>;
  /** Keeps the figures of months after `after` up to `through` as they stand. */
  closeMonths(after: string, through: string, at: number): Promise<void>;
}
