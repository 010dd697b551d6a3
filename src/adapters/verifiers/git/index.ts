import { LRUCache } from 'lru-cache';
import type { Fingerprint, Fingerprinter } from '../../../core/fingerprint.ts';
import { inertPath } from '../../../core/untrusted-text.ts';
import type { Clone, Clones } from '../../../lib/git/clones.ts';
import { headCommit } from '../../../lib/git/commits.ts';
import type { Sight, Verifier, VerifyCase } from '../../../ports/verifier.ts';
import type { Target } from './recover.ts';
import { searchHead, type Verdict } from './search-head.ts';

/** Longer than any key; a private key has about 3,500 characters. */
const lengthMax = 64 * 1024;
const lengthMin = 4;
const verdictsKeptMax = 20_000;

/** Looks whether a secret still stands at the head of the default branch of a local clone, without a detector. */
export const verifier = {
  id: 'git',
  title: 'Head of the default branch of local clones',
  open: (settings: {
    readonly clones: Clones;
    readonly fingerprint: Fingerprinter;
  }): Promise<Verifier | undefined> => {
    if (settings.clones.count === 0) return Promise.resolve(undefined);
    const kept = new LRUCache<string, Verdict>({ max: verdictsKeptMax });
    return Promise.resolve({
      id: verifier.id,
      look: (cases, at) => lookAll(cases, at, settings.clones, settings.fingerprint, kept),
    });
  },
};

type Finding = { readonly repository: string | undefined; readonly head: string; readonly verdict: Verdict };

async function lookAll(
  cases: readonly VerifyCase[],
  at: number,
  clones: Clones,
  fingerprint: Fingerprinter,
  kept: LRUCache<string, Verdict>,
): Promise<readonly Sight[]> {
  const targets = cases.map(targetOf);
  const findings: Finding[][] = cases.map(() => []);
  for (const [repository, indexes] of byRepository(cases, targets)) {
    const found = await clones.find(repository);
    const head = found.kind === 'none' ? undefined : await headCommit(found.clone);
    const wanted = indexes.flatMap((index) => {
      const target = targets[index];
      return target === undefined || typeof target === 'string' ? [] : [target];
    });
    const verdicts =
      found.kind === 'none'
        ? wanted.map(
            (): Verdict => ({ kind: 'unknown', reason: `The repository is not at hand: ${found.reason}.` }),
          )
        : head === undefined
          ? wanted.map((): Verdict => ({ kind: 'unknown', reason: 'The clone has no commit at its head.' }))
          : await searchKept(found.clone, head, wanted, fingerprint, kept);
    indexes.forEach((index, order) => {
      const verdict = verdicts[order];
      if (verdict !== undefined) findings[index]?.push({ repository, head: head ?? '', verdict });
    });
  }
  return cases.map(({ loop }, index) => {
    const target = targets[index];
    return typeof target === 'string'
      ? { loop, at, signal: 'unknown', reason: target }
      : { loop, at, ...conclude(findings[index] ?? []) };
  });
}

/** What is to be looked for, or why it cannot be. */
function targetOf(one: VerifyCase): Target | string {
  const { length, lastFour, places } = one;
  const contents = one.fingerprints.filter((fingerprint) => fingerprint.kind === 'content');
  if (contents.length === 0) return 'No report showed the value, so it cannot be looked for.';
  if (length === undefined) return 'The length of the value is not known, so it cannot be looked for.';
  if (!Number.isInteger(length) || length < lengthMin || length > lengthMax) {
    return 'The value is too long to be looked for.';
  }
  if (places.length === 0) return 'No report names a repository.';
  return { length, contents, places, ...(lastFour === undefined ? {} : { lastFour }) };
}

function byRepository(
  cases: readonly VerifyCase[],
  targets: readonly (Target | string)[],
): ReadonlyMap<string | undefined, readonly number[]> {
  const groups = new Map<string | undefined, number[]>();
  cases.forEach(({ places }, index) => {
    if (typeof targets[index] === 'string') return;
    for (const repository of new Set(places.map((place) => place.repository))) {
      groups.set(repository, [...(groups.get(repository) ?? []), index]);
    }
  });
  return groups;
}

/** A commit never changes, so that what was seen at it holds as long as the head stays. */
async function searchKept(
  clone: Clone,
  head: string,
  targets: readonly Target[],
  fingerprint: Fingerprinter,
  kept: LRUCache<string, Verdict>,
): Promise<readonly Verdict[]> {
  const keys = targets.map((target) => `${clone.path}\n${head}\n${targetKey(target)}`);
  const known = keys.map((key) => kept.get(key));
  const open = targets.filter((_, index) => known[index] === undefined);
  const fresh = open.length === 0 ? [] : await searchHead(clone, head, open, fingerprint);
  let next = 0;
  return targets.map((_, index) => {
    const verdict = known[index] ?? fresh[next++] ?? { kind: 'unknown', reason: 'It was not looked for.' };
    // What could not be looked for may be possible next time, with more commits fetched.
    if (verdict.kind !== 'unknown') kept.set(keys[index] ?? '', verdict);
    return verdict;
  });
}

function targetKey(target: Target): string {
  const hashes = target.contents.map((content: Fingerprint) => `${content.keyId}:${content.value}`).sort();
  const places = target.places.map((place) => `${place.commit ?? ''}:${place.file ?? ''}`).sort();
  return JSON.stringify([target.length, target.lastFour ?? '', hashes, places]);
}

/** Seen anywhere, it is still there; gone only where every repository was looked through. */
function conclude(findings: readonly Finding[]): Pick<Sight, 'signal' | 'reason'> {
  const here = findings.find(({ verdict }) => verdict.kind === 'here');
  if (here?.verdict.kind === 'here') {
    const place = `${inertPath(here.verdict.file)} at the head of the default branch (commit ${here.head.slice(0, 10)})`;
    return { signal: 'still-in-head', reason: `It still stands in ${place}.` };
  }
  for (const { verdict } of findings) {
    if (verdict.kind === 'unknown') return { signal: 'unknown', reason: verdict.reason };
  }
  const [first] = findings;
  if (first?.verdict.kind !== 'gone') return { signal: 'unknown', reason: 'It was not looked for.' };
  const commits = findings.map(({ head }) => head.slice(0, 10)).join(', ');
  const files = count(findings, 'files');
  const tooLarge = count(findings, 'tooLarge');
  const rest = tooLarge === 0 ? '' : ` ${tooLarge} files over 8 MiB were not read.`;
  const reason = `It stands in none of the ${files} files at the head of the default branch (commit ${commits}).${rest}`;
  return { signal: 'gone-from-head', reason };
}

function count(findings: readonly Finding[], member: 'files' | 'tooLarge'): number {
  return findings.reduce((sum, { verdict }) => sum + (verdict.kind === 'gone' ? verdict[member] : 0), 0);
}
