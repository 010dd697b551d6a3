import { readSuppressions } from '../../config/read-suppressions.ts';
import type { Config } from '../../config/schema.ts';
import type { FileHit } from './scan-files.ts';

export type Sifted = { readonly hits: readonly FileHit[]; readonly covered: number };

/**
 * Leaves out what the operators' file of suppressions calls test data, by path or repository. A commit cannot bring
 * such a file with it: only the settings name one.
 *
 * @param now epoch milliseconds
 */
export async function withoutTestData(
  hits: readonly FileHit[],
  repository: string,
  { suppressions }: Config,
  now: number,
): Promise<Sifted> {
  if (suppressions === undefined || hits.length === 0) return { hits, covered: 0 };
  const { rules } = readSuppressions(suppressions, now);
  // Loaded only where there is something to leave out.
  const { isSuppressing } = await import('../../assemble.ts');
  const rows = rules.map((rule) => ({ ...rule, id: '', createdAt: now }));
  const left = hits.filter(({ path }) => {
    const event = { where: { file: path, repository } };
    return !rows.some((rule) => isSuppressing(rule, event));
  });
  return { hits: left, covered: hits.length - left.length };
}
