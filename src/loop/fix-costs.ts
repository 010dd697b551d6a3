import { type PerFixFigure, perFixFigure } from '../core/measures/describe/share-figure.ts';
import { shownTeams } from '../core/measures/describe/shown-teams.ts';
import { isMove } from '../core/taxonomy/remap.ts';
import type { MeasureParts, MeasureSettings } from './measure-scope.ts';
import { loopPrincipal } from './parts.ts';
import { teamSizes } from './team-sizes.ts';

export type FixCosts = {
  readonly behaviour: string;
  readonly messages: PerFixFigure;
  readonly minutes: PerFixFigure;
};

/**
 * What a proven fix of each behaviour took, over everybody: messages, and minutes of operators as they are assumed. Nothing
 * where so few people are known that the measures would hide it.
 */
export async function fixCosts(parts: MeasureParts, settings: MeasureSettings): Promise<readonly FixCosts[]> {
  if (!shownTeams(teamSizes(parts, [], settings), true).isWholeShown) return [];
  const rows = await parts.store.read.measureCounts(loopPrincipal, {
    by: 'behaviour',
    asOf: parts.clock.now(),
    teams: 'all',
    moves: parts.taxonomy.remaps.filter(isMove),
  });
  return rows.map(({ group, settled: { messages, decisions, verified } }) => ({
    behaviour: group,
    messages: perFixFigure(messages, verified),
    minutes: perFixFigure(decisions * settings.minutesPerDecision, verified),
  }));
}
