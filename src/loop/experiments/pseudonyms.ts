import type { ExperimentDocument } from '../../core/experiments/document.ts';
import type { ExperimentRow } from '../../ports/store.ts';
import type { LoopParts } from '../parts.ts';

export type Pseudonyms = (kind: ExperimentDocument['unit'], id: string) => string;

/**
 * Names of people, teams and repositories in an experiment: a keyed hash under the key of pseudonyms and a salt of this
 * experiment. Undefined before it starts, after nobody is followed any more, and when the key is not at hand.
 */
export function pseudonymsOf(
  { experiments }: Pick<LoopParts, 'experiments'>,
  { pseudonymKey, salt }: Pick<ExperimentRow, 'pseudonymKey' | 'salt'>,
): Pseudonyms | undefined {
  return pseudonymKey === undefined || salt === undefined
    ? undefined
    : experiments.pseudonyms(pseudonymKey, salt);
}

/** What chance draws by: never stored, so that arms stay the same whatever the pseudonyms are. */
export function drawnAs(
  parts: Pick<LoopParts, 'idOf'>,
  kind: ExperimentDocument['unit'],
  id: string,
): string {
  return parts.idOf(['unit', kind, id]);
}
