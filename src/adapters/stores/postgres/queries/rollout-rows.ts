import { type RolloutRule, type Stage, stages } from '../../../../core/loop/rollout.ts';
import { optional } from '../rows.ts';

export type SwitchState = {
  readonly behaviour: string | null;
  readonly team: string | null;
  readonly stage: Stage | 'settings';
  readonly share: number | null;
};

/** A switch that was given back to the settings says nothing. */
export function rulesOf(rows: readonly SwitchState[]): readonly RolloutRule[] {
  return rows.flatMap(({ stage, behaviour, team, share }) => {
    const known = stages.find((one) => one === stage);
    if (known === undefined) return [];
    return [
      {
        stage: known,
        ...optional('behaviour', behaviour),
        ...optional('team', team),
        ...optional('share', share),
      },
    ];
  });
}
