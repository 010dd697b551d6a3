import type { PackBehaviour } from './pack-behaviour.ts';
import type { PackProblem } from './problem.ts';

/** Sights that the engine and its verifiers bring of secrets, by the names that behaviours use for them. */
const sightsOfSecrets = [
  'gone-from-head',
  'report-without-it',
  'inactive',
  'validity-flipped',
  'key-deleted',
] as const;
/** Sights that it brings of every case: an alert was closed at its source, a second person confirms the fix. */
const sightsOfAll = ['alert-closed', 'attested'] as const;

/**
 * A rung that lists a sight which nobody brings is never reached, and a sight that no rung lists moves nothing: either
 * is a slip of the pen.
 */
export function checkProof(packs: Iterable<PackBehaviour>): readonly PackProblem[] {
  return [...packs].flatMap(({ behaviour, file, lineOf }) => {
    const { proof, keys, detection, signals = {} } = behaviour;
    const isOfSecrets = keys.case === 'fingerprint';
    const own = [...Object.keys(signals), ...(isOfSecrets || detection.fixed === undefined ? [] : ['fixed'])];
    const known = new Set<string>([
      ...own.flatMap((name) => [name, `${name}-here`]),
      ...(isOfSecrets ? sightsOfSecrets : []),
      ...sightsOfAll,
    ]);
    const problems: PackProblem[] = [];
    for (const rung of ['observed', 'verified'] as const) {
      for (const [index, name] of proof[rung].entries()) {
        if (known.has(name)) continue;
        const reason = `"${name}" is no sight of this behaviour; known: ${[...known].join(', ')}`;
        problems.push({ file, line: lineOf(['proof', rung, index]), reason });
      }
    }
    const listed = new Set([...proof.observed, ...proof.verified]);
    for (const name of own) {
      if (listed.has(name) || listed.has(`${name}-here`)) continue;
      const path = name === 'fixed' ? ['detection', 'fixed'] : ['signals', name];
      problems.push({ file, line: lineOf(path), reason: `no rung of "proof" lists "${name}"` });
    }
    return problems;
  });
}
