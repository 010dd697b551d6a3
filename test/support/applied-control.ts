import type { ControlRow } from '../../src/ports/store.ts';
import { newId } from './measured-loops.ts';

/** A control that is in force, as deciding about it would leave it. */
export function appliedControl(
  over: Pick<ControlRow, 'behaviour' | 'scope' | 'appliedAt'> & Partial<ControlRow>,
): ControlRow {
  const { appliedAt = 0, scope } = over;
  const id = newId();
  return {
    id,
    behaviourVersion: 1,
    kind: 'push-rule',
    // One open control of a kind for each scope: a closed one beside it is another round.
    template: 'secret-push-rule',
    templateVersion: 1,
    ...(scope.kind === 'team' ? { team: scope.id } : {}),
    state: 'applied',
    round: 1,
    decider: { kind: 'team', id: 'security' },
    isBlocking: false,
    proposedAt: appliedAt,
    dueAt: appliedAt,
    lastsMs: 1000,
    updatedAt: appliedAt,
    seq: 0,
    head: '',
    body: {
      evidence: { loops: [], relapses: 3, habits: 2, firstAt: 1, lastAt: 2 },
      patch: { files: [], rollback: [], identifiers: {}, unusable: [] },
      backTest: {
        failures: { of: 0, caught: 0, missed: 0, notKnown: 0 },
        good: { sampled: 0, total: 0, notKnown: 0 },
        from: 0,
        to: 1,
        gaps: [],
      },
    },
    ...over,
  };
}
