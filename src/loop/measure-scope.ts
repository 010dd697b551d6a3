import type { ControlScope } from '../core/control/control.ts';
import { shownTeams } from '../core/measures/describe/shown-teams.ts';
import type { MeasureFilter } from '../core/measures/measure-rows.ts';
import { isMove } from '../core/taxonomy/remap.ts';
import type { Principal } from '../ports/principal.ts';
import { type LoopParts, loopPrincipal } from './parts.ts';
import { teamSizes } from './team-sizes.ts';

export type MeasureParts = Pick<LoopParts, 'store' | 'clock' | 'people' | 'taxonomy'>;

export type MeasureQuestion = {
  readonly behaviour: string;
  readonly team?: string;
  readonly kind?: Exclude<MeasureFilter['kind'], undefined>;
  readonly months?: { readonly from: string; readonly to: string };
  readonly by?: 'team' | 'kind';
};

export type MeasureSettings = {
  readonly sensitiveTeams: readonly string[];
  readonly minutesPerDecision: number;
};

/** Whose figures this principal may be given, and of whom they are. */
export async function measureScope(
  parts: MeasureParts,
  principal: Principal,
  question: Omit<MeasureQuestion, 'by'> & { readonly by?: MeasureQuestion['by'] | 'control' },
  settings: MeasureSettings,
) {
  const { behaviour, team, kind, months, by } = question;
  const moves = parts.taxonomy.remaps.filter(isMove);
  // What may be shown depends on everybody, and not on who asks.
  const affected = await parts.store.read.measureAffected(loopPrincipal, behaviour, moves);
  const sizes = teamSizes(parts, affected, settings);
  const isNarrowed = kind !== undefined || months !== undefined || by === 'kind' || by === 'control';
  const shown = shownTeams(sizes, isNarrowed);
  const ofPeriods = isNarrowed ? shown : shownTeams(sizes, true);
  const isAsked = (id: string) =>
    (principal.teams === 'all' || principal.teams.includes(id)) && (team === undefined || id === team);
  const teams = [...shown.teams].filter(isAsked);
  const isWhole = principal.teams === 'all' && team === undefined;
  const asked: 'all' | readonly string[] = team !== undefined ? [team] : principal.teams;
  const peopleIn = (ids: readonly string[]) =>
    sizes.reduce((sum, size) => (ids.includes(size.team) ? sum + size.people : sum), 0);
  const filter: MeasureFilter = {
    behaviour,
    asOf: parts.clock.now(),
    teams: isWhole ? 'all' : teams,
    moves,
    ...(kind === undefined ? {} : { kind }),
    ...(months === undefined ? {} : { months }),
  };
  return {
    filter,
    isWhole,
    /** Those that anybody may be shown. */
    shownTeams: shown.teams,
    teams,
    asked,
    peopleIn,
    people: peopleIn(isWhole ? sizes.map((size) => size.team) : teams),
    isShown: isWhole ? shown.isWholeShown : teams.length > 0,
    /** Whether a part of it by time may be shown, too: of one team, or of all that was asked for. */
    isPeriodShown: (id?: string): boolean => {
      if (id === undefined && isWhole) return ofPeriods.isWholeShown;
      return (id === undefined ? teams : [id]).every((one) => ofPeriods.teams.has(one));
    },
    hidden: sizes
      .map((size) => size.team)
      .filter((id) => id !== '' && !shown.teams.has(id) && isAsked(id))
      .toSorted(),
  };
}

/**
 * Whether figures of what a control is over may be shown: the one rule for everything that is counted around a control.
 * A program has the team whose it is; without one it is part of the whole, as whatever belongs to no team.
 */
export function isScopeShown(
  { isShown, teams }: Pick<Awaited<ReturnType<typeof measureScope>>, 'isShown' | 'teams'>,
  { scope, team }: { readonly scope: ControlScope; readonly team?: string | undefined },
): boolean {
  const own = scope.kind === 'team' ? scope.id : scope.kind === 'owner' ? team : undefined;
  return own === undefined ? isShown : teams.includes(own);
}
