import { LRUCache } from 'lru-cache';
import type { Evidence } from '../../../core/owner.ts';
import { type OwnerWeights, weightOf } from '../../../core/owner-weights.ts';
import { inert } from '../../../core/untrusted-text.ts';
import type { Clone, Clones } from '../../../lib/git/clones.ts';
import { cleanPath, entryAt, headCommit } from '../../../lib/git/commits.ts';
import type { OwnerDirectory, OwnerQuery } from '../../../ports/owner-directory.ts';
import { type CodeownersFile, codeownersBytesMax, findRule, parseCodeowners } from './parse.ts';

/** In this order; the first that is there is the only one that counts (GitHub, "CODEOWNERS file location"). */
const places = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];
const filesKeptMax = 200;

type Found = { readonly place: string; readonly file: CodeownersFile };

/** CODEOWNERS at the head of the default branch of local clones. Moves only when a clone is fetched. */
export const directory = {
  id: 'codeowners',
  title: 'CODEOWNERS of local clones',
  open: (settings: {
    readonly clones: Clones;
    readonly weights: OwnerWeights;
  }): Promise<OwnerDirectory | undefined> => {
    const { clones, weights } = settings;
    if (clones.count === 0) return Promise.resolve(undefined);
    const files = new LRUCache<string, CodeownersFile>({ max: filesKeptMax });
    return Promise.resolve({
      id: directory.id,
      evidence: async (queries) => {
        // One look at each repository a batch: all its answers come from the same commit.
        const repositories = new Map<string | undefined, Promise<Found | undefined>>();
        const answers: (readonly Evidence[])[] = [];
        for (const { where } of queries) {
          const { repository } = where;
          const found = repositories.get(repository) ?? findFile(clones, repository, files);
          repositories.set(repository, found);
          answers.push(evidenceFor(await found, where, weights));
        }
        return answers;
      },
    });
  },
};

async function findFile(
  clones: Clones,
  repository: string | undefined,
  files: LRUCache<string, CodeownersFile>,
): Promise<Found | undefined> {
  const found = await clones.find(repository);
  if (found.kind === 'none') return undefined;
  const head = await headCommit(found.clone);
  if (head === undefined) return undefined;
  for (const place of places) {
    const file = await readAt(found.clone, head, place, files);
    if (file !== undefined) return { place, file };
  }
  return undefined;
}

/** An empty file for one that is there but too large: it hides the places after it, as on GitHub. */
async function readAt(
  clone: Clone,
  head: string,
  place: string,
  files: LRUCache<string, CodeownersFile>,
): Promise<CodeownersFile | undefined> {
  const entry = await entryAt(clone, head, place);
  if (entry?.type !== 'blob') return undefined;
  const known = files.get(entry.oid);
  if (known !== undefined) return known;
  const content = await clone.reader.read(entry, codeownersBytesMax);
  if (content === 'missing') return undefined;
  const file = parseCodeowners(content === 'too-large' ? '' : content.toString('utf8'));
  files.set(entry.oid, file);
  return file;
}

function evidenceFor(
  found: Found | undefined,
  where: OwnerQuery['where'],
  weights: OwnerWeights,
): readonly Evidence[] {
  const path = where.file === undefined ? undefined : cleanPath(where.file);
  if (found === undefined || path === undefined) return [];
  const rule = findRule(found.file, path);
  if (rule === undefined) return [];
  const kind = rule.isDefault ? 'codeowners-default' : 'codeowners';
  const weight = weightOf(weights, kind);
  const detail = `Line ${rule.line} of ${found.place} gives “${inert(rule.text, 80)}” to this owner.`;
  return rule.owners.map((owner) => ({ kind, owner, detail, weight }));
}
