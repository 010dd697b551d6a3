import type { OwnerWeights } from '../../src/core/owner-weights.ts';
import { readOwnerWeights } from '../../src/packs/owner-weights-file.ts';
import { openPackFolder, shippedPacksDir } from '../../src/packs/pack-folder.ts';
import { type PackProblem, problemText } from '../../src/packs/problem.ts';

/** What evidence weighs in the packs that come with Foldback. */
export const ownerWeights: OwnerWeights = (() => {
  const problems: PackProblem[] = [];
  const weights = readOwnerWeights(openPackFolder(shippedPacksDir(), problems), problems);
  if (problems.length > 0) throw new Error(problems.map(problemText).join('\n'));
  return weights;
})();
